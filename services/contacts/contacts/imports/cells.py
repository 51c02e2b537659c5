"""What a single cell says, in normal form; or why it cannot be taken."""

from __future__ import annotations

from functools import lru_cache

from marshmallow import ValidationError

from contacts.imports.countries import country_code

LIMITS = {"name": 200, "job_title": 200, "company_name": 200, "region": 200, "city": 200, "postcode": 20,
          "address": 500, "note": 5000, "source": 50}  # fmt: skip


class RowError(Exception):
    """Why a row cannot be taken."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code, self.message = field, code, message


@lru_cache(maxsize=1000)
def country_of(text: str) -> str | None:
    """The code of a country as it is written in a cell; None for a blank one. RowError for what is none."""
    if not text.strip():
        return None
    try:
        return country_code(text)
    except ValidationError:
        raise RowError("country", "unknown_country", f"{text!r} is not a country.") from None


def within(field: str, value: str) -> str:
    """The value of a field. RowError where it is longer than that may be."""
    if len(value) > LIMITS[field]:
        raise RowError(field, "too_long", f"Longer than maximum length {LIMITS[field]}.")
    return value
