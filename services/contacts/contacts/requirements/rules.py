"""Which fields can be required, and what a record lacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chassis.errors import FieldError, Invalid

_PLACE = ("country", "region", "city", "postcode", "address")
FIELDS: dict[str, tuple[str, ...]] = {
    "people": ("email", "phone", "job_title", "company_name", *_PLACE, "note", "tags", "owner_id"),
    "companies": ("domain", "industry", "employees", "phone", *_PLACE, "note", "tags", "owner_id"),
}
_BLANK: tuple[Any, ...] = (None, "", [])
INCOMPLETE_TAG = "incomplete"


def check_names(entity: str, door: str, names: list[str]) -> list[str]:
    """`names` each once. Invalid names those that cannot be required."""
    wrong = [
        FieldError(f"{door}.{place}", "not_a_choice", f"Must be one of: {', '.join(FIELDS[entity])}.")
        for place, name in enumerate(names) if name not in FIELDS[entity]
    ]  # fmt: skip
    if wrong:
        raise Invalid.many(wrong)
    return list(dict.fromkeys(names))


def missing(record: Any, required: Iterable[str]) -> list[FieldError]:
    """An error for each required field that the record has nothing in."""
    message = "Missing data for required field."
    return [FieldError(name, "required", message) for name in required if getattr(record, name) in _BLANK]
