"""Postcodes as the country writes them."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from chassis.errors import Invalid
from chassis.schema.standards import normal_postcode


def settle_postcode(changes: dict[str, Any], country: str | None = None, postcode: str | None = None) -> None:
    """Bring the postcode in `changes` to normal form. `country` and `postcode` are what the record has so far: another
    country is held against the postcode, too. Invalid where the two do not fit."""
    if not {"postcode", "country"} & changes.keys():
        return
    code = changes.get("postcode", postcode)
    if not code:
        return
    try:
        settled = normal_postcode(code, changes.get("country", country))
    except ValidationError as error:
        raise Invalid("postcode", "not_valid", str(error.messages[0])) from None
    if "postcode" in changes:
        changes["postcode"] = settled
