"""Lists: filters, order and keyset pages.

`?limit=50&cursor=...&sort=-amount&q=acme&stage=open&amount__gte=1000` -> `{"data": [...], "next_cursor": ...}`.
`sort` takes up to three fields, `-` for descending; the id decides between equals. An unknown parameter is a 400 that
names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from marshmallow import fields as ma
from sqlalchemy import ColumnElement, Select, and_, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis.access import actor, reach_ways, visible
from chassis.custom.columns import CustomColumn, columns, sortable
from chassis.custom.model import Custom
from chassis.db.aliases import current_ids, follows
from chassis.db.rows import column_rows
from chassis.db.search import Searchable, matches
from chassis.errors import BadRequest
from chassis.http.keyset import Order, Sort
from chassis.http.searching import searched

DEFAULT_LIMIT, MAX_LIMIT, MAX_SORTS, MAX_QUERY = 50, 200, 3, 200
_NO_FILTERS = ("limit", "cursor", "sort")
ORDERED = ("gte", "gt", "lte", "lt")
Finder = Callable[[str], ColumnElement[bool]]
Lookup = Callable[[Session, str], ColumnElement[bool]]
_OPERATIONS = {
    "gte": lambda column, value: column >= value,
    "gt": lambda column, value: column > value,
    "lte": lambda column, value: column <= value,
    "lt": lambda column, value: column < value,
    "ne": lambda column, value: column.is_distinct_from(value),
}


@dataclass(frozen=True)
class ListSpec:
    """What a list can be asked: `filters` maps a parameter to its column and the field that reads its value, `finders`
    one that is no column of the model to what makes a WHERE clause of its text (BadRequest where it cannot). `joined`
    holds what the list is sorted by that is a column of another table, which the statement joins and selects. `custom`
    holds the custom fields of the moment (`asked`). `lookups` are finders that ask the database, too. `current` holds
    what the ids that are asked for stand for by now: who was merged is found under the old id, too."""

    model: type[Any]
    filters: Mapping[str, tuple[InstrumentedAttribute[Any], ma.Field]]
    sorts: Sequence[str]
    default_sort: str = "-created_at"
    finders: Mapping[str, Finder] = field(default_factory=dict)
    joined: Mapping[str, InstrumentedAttribute[Any]] = field(default_factory=dict)
    custom: Mapping[str, CustomColumn] = field(default_factory=dict)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    current: Mapping[UUID, UUID] = field(default_factory=dict)

    def parameters(self, *, searched: bool = True) -> tuple[Mapping[str, Any], ...]:
        """What it can be asked, for an OpenAPI description; by `q` only where it is `searched`."""
        found: list[Mapping[str, Any]] = []
        if searched and issubclass(self.model, Searchable):
            found.append({"name": "q", "field": ma.String(), "description": "Words to search for."})
        for name, (column, reader) in self.filters.items():
            for operation in operations_of(column):
                parameter = f"{name}__{operation}" if operation else name
                found.append({"name": parameter, "field": ma.String() if operation == "in" else reader})
        for name, finder in {**self.finders, **self.lookups}.items():
            found.append({"name": name, "field": ma.String(), "description": (finder.__doc__ or "").strip()})
        return tuple(found)

    def asked(self, query: Mapping[str, str], session: Session) -> ListSpec:
        """This list with what `query` asks by: the custom fields of the moment, what is looked up, whom ids stand for.
        BadRequest names what is wrong with an id."""
        custom = columns(session, self.model, query) if issubclass(self.model, Custom) else {}
        looked_up = {name: partial(one, session) for name, one in self.lookups.items() if name in query}
        current = self._current(session, query)
        if not custom and not looked_up and not current:
            return self
        return replace(self, custom=custom, finders={**self.finders, **looked_up}, current=current)

    def _current(self, session: Session, query: Mapping[str, str]) -> dict[UUID, UUID]:
        found: dict[UUID, UUID] = {}
        for parameter, text in query.items():
            column, reader = self.filters.get(parameter.partition("__")[0], (None, None))
            if column is not None and reader is not None and follows(column):
                ids = [_value(parameter, part, reader) for part in text.split(",")[:MAX_LIMIT] if part]
                found |= {old: new for old, new in current_ids(session, column, ids).items() if old != new}
        return found

    def page(
        self, statement: Select[Any], query: Mapping[str, str], session: Session, *, entities: bool = True
    ) -> dict[str, Any]:
        """One page of `statement`, narrowed to the caller's reach, as `{"data": rows, "next_cursor": str | None}`: of
        the `entities` that it selects, or of rows of columns. BadRequest names what is wrong."""
        return self.asked(query, session)._page(statement, query, session, entities=entities)

    def _page(
        self, statement: Select[Any], query: Mapping[str, str], session: Session, *, entities: bool
    ) -> dict[str, Any]:
        limit = _limit(query.get("limit"))
        order = self._order(query.get("sort") or self.default_sort)
        unsearched = {name: text for name, text in query.items() if name != "q"}
        statement, cursor = self.narrowed(statement, unsearched), query.get("cursor") or None
        if cursor is not None:
            statement = statement.where(order.after(cursor))
        if "q" in query:
            self._check_search(query["q"])
            ways = searched(statement, self.model, query["q"], session, order, cursor, limit + 1)
        else:
            ways = iter([self._within_reach(statement, order, limit + 1).order_by(*order.directions())])
        rows: Sequence[Any] = ()
        for way in ways:
            one = way.limit(limit + 1)
            rows = _entities(session, one) if entities else column_rows(session, one)
            if len(rows) > limit:
                break
        more = len(rows) > limit
        return {"data": rows[:limit], "next_cursor": order.cursor(rows[limit - 1]) if more else None}

    def whole(self, statement: Select[Any], query: Mapping[str, str]) -> Select[Any]:
        """`statement` narrowed and ordered, for all of its rows. BadRequest names what is wrong."""
        order = self._order(query.get("sort") or self.default_sort)
        return self.narrowed(statement, query).order_by(*order.directions())

    def narrowed(self, statement: Select[Any], query: Mapping[str, str]) -> Select[Any]:
        """`statement` with the filters of `query`. BadRequest names what is none."""
        conditions = [self.condition(name, text) for name, text in query.items() if name not in _NO_FILTERS]
        return statement.where(*conditions)

    def _within_reach(self, statement: Select[Any], order: Order, count: int) -> Select[Any]:
        """`statement` narrowed to the caller's reach. Where there are several ways to a row, the first rows of each are
        taken, and the page from them: an OR of the ways would read all of them and sort, or walk the whole table. Where
        other tables are joined, it is an OR."""
        ways = reach_ways(self.model, actor())
        if ways is None or len(ways) == 1 or self.joined:
            return visible(statement, self.model)
        each = select(self.model.id).order_by(*order.directions()).limit(count)
        if statement.whereclause is not None:
            each = each.where(statement.whereclause)
        return statement.where(self.model.id.in_(union_all(*(each.where(way) for way in ways))))

    def condition(self, parameter: str, text: str) -> ColumnElement[bool]:
        """The WHERE clause of one filter parameter (`amount__gte`) with its value; BadRequest if it is not one."""
        if parameter == "q" and issubclass(self.model, Searchable):
            self._check_search(text)
            return matches(self.model, text)
        if parameter in self.finders:
            return self.finders[parameter](text)
        name, _, operation = parameter.partition("__")
        if name in self.custom and operation in self.custom[name].operations:
            return self.custom[name].condition(operation, parameter, text)
        if name not in self.filters or operation not in operations_of(self.filters[name][0]):
            raise BadRequest(parameter, "unknown_parameter", f"There is no parameter {parameter!r} here.")
        column, reader = self.filters[name]
        if operation == "in":
            values = [_value(parameter, part, reader) for part in text.split(",")[:MAX_LIMIT]]
            return column.in_([self.current.get(value, value) for value in values])
        if text == "" and operation in ("", "ne"):
            return column.is_(None) if operation == "" else column.is_not(None)
        value = _value(parameter, text, reader)
        value = self.current.get(value, value) if self.current else value
        if isinstance(column.type, ARRAY):
            # Said besides, so that an index that leaves out the rows without any can be used.
            return and_(column.contains([value]), column != literal_column("'{}'"))
        return _OPERATIONS[operation](column, value) if operation else column == value

    def _check_search(self, text: str) -> None:
        if not issubclass(self.model, Searchable):
            raise BadRequest("q", "unknown_parameter", "There is no parameter 'q' here.")
        if not 0 < len(text.strip()) <= MAX_QUERY:
            raise BadRequest("q", "length", f"q takes 1 to {MAX_QUERY} characters.")

    def _order(self, text: str) -> Order:
        order = [self._sort(part) for part in text.split(",")[: MAX_SORTS + 1]]
        if len(order) > MAX_SORTS or len({s.name for s in order}) < len(order):
            raise BadRequest("sort", "not_valid", f"sort takes up to {MAX_SORTS} different fields.")
        if "id" not in {s.name for s in order} and hasattr(self.model, "id"):
            order.append(Sort("id", self.model.id, order[-1].descending))
        return Order(order)

    def _sort(self, part: str) -> Sort:
        name = part.strip().lstrip("-")
        if name in self.custom and sortable(self.custom[name]):
            return Sort(name, self.custom[name].key, part.strip().startswith("-"), self.custom[name])
        if name in self.joined:
            return Sort(name, self.joined[name], part.strip().startswith("-"), joined=True)
        if name not in self.sorts and not (name in ("id", "created_at") and hasattr(self.model, name)):
            raise BadRequest("sort", "unknown_field", f"This list cannot be sorted by {name!r}.")
        return Sort(name, getattr(self.model, name), part.strip().startswith("-"))


def operations_of(column: InstrumentedAttribute[Any]) -> tuple[str, ...]:
    """The operations that a column's type allows: `""` is equality, and `gte` is asked as `amount__gte`."""
    if isinstance(column.type, ARRAY):
        return ("",)
    try:
        ordered = column.type.python_type in (int, float, Decimal, datetime, date)
    except NotImplementedError:
        ordered = False
    return ("", "ne", "in", *(ORDERED if ordered else ()))


def filter_field(field: ma.Field | None) -> ma.Field:
    """The field that reads a filter's value: that of the schema, or of one item where it is a list."""
    if isinstance(field, ma.List):
        return field.inner
    return field or ma.String()


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MAX_LIMIT):
        raise BadRequest("limit", "out_of_range", f"limit is a whole number from 1 to {MAX_LIMIT}.")
    return int(text)


def _value(parameter: str, text: str, field: ma.Field) -> Any:
    try:
        return field.deserialize(text)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, list) else [str(error.messages)]
        raise BadRequest(parameter, "not_valid", " ".join(map(str, messages))) from None


def _entities(session: Session, statement: Select[Any]) -> Sequence[Any]:
    """Entities, each once; with what a `joined` order selects beside them, rows."""
    result = session.execute(statement)
    return result.scalars().unique().all() if len(result.keys()) == 1 else result.all()
