"""Custom fields in tables of text: the cells of an import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis.custom import definitions as types
from chassis.custom.definitions import Definition, settled
from chassis.custom.values import NotAllowed, as_number, normal
from chassis.errors import FieldError

_YES = frozenset(("true", "yes", "y", "1", "ja", "是", "真", "有"))
_NO = frozenset(("false", "no", "n", "0", "nein", "否", "假", "无"))
_PARTS = re.compile(r"[;,|、，；]")


class Cells:
    """Reads cells by the definitions as they are settled for this transaction: one for each step of an import, with no
    query per row. `headers` maps a field's key and its labels, without case, to the key. References are not looked up;
    ask `chassis.custom.unique.holders` for all unique values of a step at once."""

    def __init__(self, session: Session, model: type[Any]) -> None:
        self.fields = settled(session, model)
        self.headers: dict[str, str] = {}
        for key, field in self.fields.items():
            for header in (key, f"custom.{key}", *field.label.values()):
                self.headers.setdefault(header.strip().casefold(), key)

    def read(self, row: Mapping[str, str]) -> tuple[dict[str, Any], list[FieldError]]:
        """The values of a row (key -> cell) in normal form, blank ones left out; and an error for each that is
        wrong."""
        values: dict[str, Any] = {}
        errors: list[FieldError] = []
        for key, cell in row.items():
            text = cell.strip()
            if not text:
                continue
            try:
                values[key] = read_cell(self.fields[key], text)
            except NotAllowed as error:
                errors.append(FieldError(f"custom.{key}", error.code, str(error)))
        return values, errors

    def with_defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The `custom` of a new record."""
        return {k: f.default for k, f in self.fields.items() if f.default is not None} | dict(values)

    def missing(self, values: Mapping[str, Any]) -> list[FieldError]:
        """An error for each required field that a new record lacks."""
        message = "Missing data for required field."
        return [
            FieldError(f"custom.{key}", "required", message)
            for key, field in self.fields.items() if field.required and key not in values
        ]  # fmt: skip


def read_cell(field: Definition, text: str) -> Any:
    """A cell's text as the field keeps it: choices by value or by any label, yes and no in several languages, numbers
    with or without thousands separators. NotAllowed otherwise."""
    match field.type:
        case types.NUMBER:
            number = as_number(text.replace(" ", "").replace(",", ""))
            return normal(field, number)
        case types.MONEY:
            return normal(field, text.replace(" ", "").replace(",", ""))
        case types.BOOLEAN:
            word = text.casefold()
            return normal(field, word in _YES if word in _YES or word in _NO else text)
        case types.CHOICE:
            return normal(field, _choice(field, text))
        case types.MULTI_CHOICE:
            return normal(field, [_choice(field, part.strip()) for part in _PARTS.split(text) if part.strip()])
    return normal(field, text)


def _choice(field: Definition, text: str) -> str:
    wanted = text.casefold()
    for choice in field.choices:
        if wanted in (choice["value"].casefold(), *(label.casefold() for label in choice.get("label", {}).values())):
            return str(choice["value"])
    return text
