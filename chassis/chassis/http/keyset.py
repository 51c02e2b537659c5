"""The order of a list, and where in it a page begins.

A page begins after the last row of the one before it, by value and not by count, so that page 1,000 costs what page 1
does and rows that come or go meanwhile shift nothing. A cursor carries that row's values, and the order they belong to.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from chassis.custom.columns import CustomColumn
from chassis.errors import BadRequest


@dataclass(frozen=True)
class Sort:
    """One part of an order: by a column, by one of a `joined` table, or by a custom field."""

    name: str
    column: Any
    descending: bool
    custom: CustomColumn | None = None
    joined: bool = False

    @property
    def nullable(self) -> bool:
        """Whether it may meet a NULL."""
        return self.custom is None and bool(self.column.property.columns[0].nullable)

    def of(self, row: Any) -> Any:
        """What `row` is ordered by, in JSON types."""
        return self.custom.of(row) if self.custom else _plain(getattr(row, self.name))

    def typed(self, value: Any) -> Any:
        """That, back from a cursor."""
        return self.custom.typed(value) if self.custom else _typed(self.column, value)

    @property
    def word(self) -> str:
        """How `sort` asks for it."""
        return ("-" if self.descending else "") + self.name

    def beyond(self, value: Any) -> ColumnElement[bool]:
        """What comes after `value`. PostgreSQL's own order puts NULLs last when ascending and first when descending,
        which its indexes follow."""
        if self.descending:
            return self.column.is_not(None) if value is None else self.column < value
        if value is None:
            return false()
        return or_(self.column > value, self.column.is_(None))


@dataclass(frozen=True)
class Order:
    """Several sorts, of which the last decides between equals."""

    sorts: Sequence[Sort]

    def directions(self, *, sorting: bool = False) -> list[Any]:
        """The ORDER BY. `sorting`: by expressions, which no index answers, because the rows are few and found
        otherwise."""
        keys: list[Any] = [func.coalesce(s.column, s.column) if sorting else s.column for s in self.sorts]
        return [key.desc() if sort.descending else key.asc() for key, sort in zip(keys, self.sorts, strict=True)]

    def after(self, cursor: str) -> ColumnElement[bool]:
        """The rows behind the one of the cursor: one row comparison, which an index answers, where no NULL can be met.
        BadRequest for a cursor that is not ours, or was made for another order."""
        last = self._read(cursor)
        if self.is_row:
            values = tuple_(*last)
            return self._keys < values if self.sorts[0].descending else self._keys > values
        clauses = []
        for i, sort in enumerate(self.sorts):
            equal = [_same(s.column, v) for s, v in zip(self.sorts[:i], last[:i], strict=True)]
            clauses.append(and_(*equal, sort.beyond(last[i])))
        return or_(*clauses)

    def within(self, count: int, cursor: str | None) -> ColumnElement[bool]:
        """The next `count` rows of the table behind the one of the cursor, or of all. For an order that `is_walkable`;
        none where there are fewer."""
        columns = [s.column for s in self.sorts]
        behind = select(*columns) if cursor is None else select(*columns).where(self.after(cursor))
        last = behind.order_by(*self.directions()).offset(count - 1).limit(1).correlate(None).scalar_subquery()
        return self._keys >= last if self.sorts[0].descending else self._keys <= last

    @property
    def is_row(self) -> bool:
        """Whether one comparison of rows says what comes before what: one direction, and no NULL to be met."""
        return len({s.descending for s in self.sorts}) == 1 and not any(s.nullable for s in self.sorts)

    @property
    def is_walkable(self) -> bool:
        """Whether the rows of the table itself can be gone through in this order."""
        return self.is_row and not any(s.joined for s in self.sorts)

    @property
    def _keys(self) -> Any:
        return tuple_(*(s.column for s in self.sorts))

    def cursor(self, row: Any) -> str:
        """Where the page after `row` begins."""
        key = [[s.word for s in self.sorts], [s.of(row) for s in self.sorts]]
        return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")

    def _read(self, cursor: str) -> list[Any]:
        try:
            words, values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if words != [s.word for s in self.sorts]:
                raise BadRequest("cursor", "other_sort", "This cursor belongs to another sort.")
            return [s.typed(value) for s, value in zip(self.sorts, values, strict=True)]
        except (ValueError, TypeError, binascii.Error, ArithmeticError, AttributeError):
            raise BadRequest("cursor", "not_valid", "This is not a cursor of this list.") from None


def _same(column: Any, value: Any) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _typed(column: InstrumentedAttribute[Any], value: Any) -> Any:
    if value is None:
        return None
    wanted: Any = column.type.python_type
    if wanted in (datetime, date):
        return wanted.fromisoformat(value)
    if wanted in (UUID, Decimal):
        return wanted(value)
    if not isinstance(value, wanted) or "\x00" in str(value):
        raise ValueError(value)
    return value
