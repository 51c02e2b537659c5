"""Countries, regions and postcodes as they belong together.

Regions are free text, but one that looks like an ISO 3166-2 code (`CN-GD`) must be one of its country.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pycountry

from chassis.errors import Invalid
from contacts.addresses.rules import PLACE
from contacts.points.postcodes import settle_postcode

_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


def normal_place(before: Mapping[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` of a place that was `before`, with postcode and region in normal form. Invalid for a postcode that the
    country cannot have, or a region of another country."""
    changes = dict(changes)
    settle_postcode(changes, before.get("country"), before.get("postcode"))
    if {"country", "region"} & changes.keys():
        after = {**before, **changes}
        region = _normal_region(after.get("region"), after.get("country"))
        if "region" in changes:
            changes["region"] = region
    return changes


def place_of(record: Any) -> dict[str, Any]:
    """The place that stands in the columns of a record."""
    return {part: getattr(record, part) for part in PLACE}


def _normal_region(region: str | None, country: str | None) -> str | None:
    code = (region or "").upper()
    if not _REGION.fullmatch(code):
        return region
    known = pycountry.subdivisions.get(code=code)
    if known is None or country not in (None, known.country_code):
        raise Invalid("region", "invalid_region", f"No ISO 3166-2 region of {country or 'any country'}.")
    return code
