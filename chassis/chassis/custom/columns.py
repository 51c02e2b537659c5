"""A custom field as lists use it: filters and order, by expressions that an index can serve.

Measured over a million rows, of which 40 % had a value (p50, 51 rows): sorted by an expression index 0.6 ms on page 1
and on page 1,000, by a typed side table 1.3 ms, without either 695 ms; a choice by the GIN index 1.3 ms.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Text, and_, literal_column, not_, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from chassis.custom import definitions as types
from chassis.custom.definitions import SORTABLE, Definition, known, within_reach
from chassis.custom.references import same_as
from chassis.custom.values import NotAllowed, as_number, normal
from chassis.errors import BadRequest

PREFIX = "custom."
ORDERED = (types.NUMBER, types.MONEY, types.DATE)
_NUMERIC = (types.NUMBER, types.MONEY)
_LOWEST = Decimal("-Infinity")
_MANY = 200  # values that one parameter may name
_COMPARE: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "gte": lambda key, value: key >= value,
    "gt": lambda key, value: key > value,
    "lte": lambda key, value: key <= value,
    "lt": lambda key, value: key < value,
}


def key_sql(field: Definition, table: str) -> str:
    """What a field is ordered by, as SQL. A record without a value comes before all others: no NULL, so that one row
    comparison finds the next page. Keys are letters, digits and _ alone."""
    value = f"({table}.custom ->> '{field.key}')"
    if field.type in _NUMERIC:
        return f"coalesce({value}::numeric, '-Infinity'::numeric)"
    collation = "" if field.type == types.TEXT else ' COLLATE "C"'
    return f"coalesce({value}, ''){collation}"


@dataclasses.dataclass(frozen=True)
class CustomColumn:
    """One field of a list's model. `same`: of a reference that is asked for, all ids that stand for the same."""

    model: type[Any]
    field: Definition
    same: Mapping[str, list[str]] = dataclasses.field(default_factory=dict)

    @property
    def key(self) -> ColumnElement[Any]:
        """What it is ordered by."""
        kind: Any = Numeric() if self.field.type in _NUMERIC else Text()
        return literal_column(key_sql(self.field, self.model.__tablename__), kind)

    @property
    def operations(self) -> tuple[str, ...]:
        """As `chassis.http.lists.operations_of`."""
        if self.field.type == types.MULTI_CHOICE:
            return ("", "in")
        return ("", "ne", "in", *(_COMPARE if self.field.type in ORDERED else ()))

    def condition(self, operation: str, parameter: str, text: str) -> ColumnElement[bool]:
        """The WHERE clause of `custom.<key>__<operation>=<text>`. BadRequest names the parameter."""
        if text == "" and operation in ("", "ne"):
            absent: ColumnElement[bool] = self.model.custom[self.field.key].astext.is_(None)
            return absent if operation == "" else not_(absent)
        if operation == "in":
            return or_(*(self._holds(self._value(parameter, part)) for part in text.split(",")[:_MANY]))
        value = self._value(parameter, text)
        if operation in _COMPARE:
            bound = Decimal(str(value)) if self.field.type in _NUMERIC else value
            found = _COMPARE[operation](self.key, bound)
            lowest = _LOWEST if self.field.type in _NUMERIC else ""
            return and_(found, self.key > lowest) if operation in ("lte", "lt") else found
        return not_(self._holds(value)) if operation == "ne" else self._holds(value)

    def of(self, row: Any) -> Any:
        """What a row is ordered by, in JSON types."""
        value = row.custom.get(self.field.key)
        if self.field.type in _NUMERIC:
            return str(_LOWEST if value is None else value)
        return "" if value is None else str(value).lower() if isinstance(value, bool) else value

    def typed(self, value: Any) -> Any:
        """What a cursor says that the last row was ordered by. ValueError where it is none."""
        if not isinstance(value, str) or "\x00" in value:
            raise ValueError(value)
        return Decimal(value) if self.field.type in _NUMERIC else value

    def _holds(self, value: Any) -> ColumnElement[bool]:
        held = or_(*(self._contains(one) for one in self.same.get(value, [value])))
        # Said besides, so that the index, which leaves out the rows without any, can be used.
        return and_(held, self.model.custom != literal_column("'{}'", JSONB()))

    def _contains(self, value: Any) -> ColumnElement[bool]:
        contained: ColumnElement[bool] = self.model.custom.contains(
            {self.field.key: [value] if self.field.type == types.MULTI_CHOICE else value}
        )
        return contained

    def _value(self, parameter: str, text: str) -> Any:
        try:
            return _from_text(self.field, text)
        except NotAllowed as error:
            raise BadRequest(parameter, "not_valid", str(error)) from None


def columns(session: Session, model: type[Any], query: Mapping[str, str]) -> dict[str, CustomColumn]:
    """The fields that a list may be asked by, by parameter (`custom.budget`); looked up anew where one is asked for
    that is not known. Nothing where none is asked for."""
    sorts = (query.get("sort") or "").split(",")
    asked = [name.partition("__")[0] for name in (*query, *(part.strip().lstrip("-") for part in sorts))]
    wanted = {name.removeprefix(PREFIX) for name in asked if name.startswith(PREFIX)}
    if not wanted:
        return {}
    fields = known(session, model)
    if not wanted <= fields.keys():
        fields = known(session, model, fresh=True)
    return {
        PREFIX + key: CustomColumn(model, field, _same(session, model, field, query))
        for key, field in within_reach(fields).items()
    }


def _same(session: Session, model: type[Any], field: Definition, query: Mapping[str, str]) -> dict[str, list[str]]:
    if field.type != types.REFERENCE:
        return {}
    asked = (text for name, text in query.items() if name.partition("__")[0] == PREFIX + field.key)
    found: dict[str, list[str]] = {}
    for part in (part for text in asked for part in text.split(",")[:_MANY]):
        with suppress(NotAllowed):  # which `condition` says, by the parameter
            found[part] = same_as(session, model, field, normal(field, part))
    return found


def sortable(column: CustomColumn) -> bool:
    """Whether a list may be sorted by it."""
    return column.field.type in SORTABLE


def _from_text(field: Definition, text: str) -> Any:
    """A parameter as the field keeps its values; its bounds and choices do not matter, old values may break them."""
    match field.type:
        case types.NUMBER:
            number = as_number(text)
            return int(number) if number == number.to_integral_value() else float(number)
        case types.MONEY:
            return f"{as_number(text):.2f}"
        case types.BOOLEAN:
            if text not in ("true", "false"):
                raise NotAllowed("not_valid", "Not a valid boolean: true or false.")
            return text == "true"
        case types.DATE:
            return _day(text)
        case types.REFERENCE:
            return normal(field, text)
    return text


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise NotAllowed("not_valid", "Not a valid date: write 2026-05-31.") from None
