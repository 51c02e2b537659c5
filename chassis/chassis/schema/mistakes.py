"""Marshmallow's messages as the platform's: which field, a stable code, and a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chassis.errors import FieldError

_CODES = {
    "Missing data for required field.": "required",
    "Unknown field.": "unknown_field",
    "Field may not be null.": "null",
    "Shorter than minimum length": "too_short",
    "Longer than maximum length": "too_long",
    "Length must be": "length",
    "Must be one of": "not_a_choice",
    "Must be greater": "out_of_range",
    "Must be less": "out_of_range",
    "Not a valid": "not_valid",
    "Too many decimals": "decimals",
}


def field_errors(messages: Any) -> list[FieldError]:
    """Marshmallow's nested messages as FieldErrors, with a stable code for each of its own sentences."""
    return list(_flatten(messages, ""))


def as_list(value: Any) -> list[Any]:
    """`value` in a list; itself where it is one; nothing for None."""
    return [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value]


def _flatten(messages: Any, path: str) -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            yield from _flatten(value, path if key == "_schema" else f"{path}.{key}".lstrip("."))
        return
    for message in as_list(messages):
        if isinstance(message, Mapping):
            yield from _flatten(message, path)
        else:
            code = next((code for start, code in _CODES.items() if str(message).startswith(start)), "invalid")
            yield FieldError(path, code, str(message))
