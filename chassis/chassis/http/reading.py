"""How the records of one model are read: which columns, narrowed how, completed by what.

Lists, single reads and exports rest on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as filled
from functools import cached_property
from typing import Any
from uuid import UUID

from marshmallow import fields as ma
from sqlalchemy import ColumnElement, Row, bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from chassis.access import actor, noun, visible
from chassis.db.rows import column_rows
from chassis.errors import BadRequest
from chassis.http.lists import Finder, ListSpec, Lookup, filter_field
from chassis.http.render import column_names, hidden_fields
from chassis.schema import Schema

Complete = Callable[[Session, Sequence[Row]], Sequence[Mapping[str, Any]]]


@dataclass
class Reading:
    """What of `model` is shown by the schema `read`, to whom it is within reach.

    `filters` and `sorts` name columns, `finders` what a list is asked for that is no column: parameter -> what makes a
    WHERE clause of its text, `lookups` likewise, of the session and its text. `options` are loader options for what
    `read` shows beyond the row. `where` narrows every statement (soft deletion). `complete(session, rows)` turns rows
    of columns into what `read` shows beyond them, a whole page at once: lists and reads then load plain columns and no
    entities. `beside` are expressions that it is given besides, by name, such as a subquery of what belongs to the row:
    one statement instead of two. A file may hold more columns than the list: those of `export_read`, which
    `export_complete` completes.
    A model without an id is for exports alone.
    """

    model: type[Any]
    path: str
    read: type[Schema]
    filters: Sequence[str] = ()
    sorts: Sequence[str] = ()
    finders: Mapping[str, Finder] = filled(default_factory=dict)
    lookups: Mapping[str, Lookup] = filled(default_factory=dict)
    default_sort: str = "-created_at"
    options: Sequence[ORMOption] = ()
    where: Callable[[], Any] | None = None
    complete: Complete | None = None
    beside: Mapping[str, ColumnElement[Any]] = filled(default_factory=dict)
    export_read: type[Schema] | None = None
    export_complete: Complete | None = None

    @property
    def noun(self) -> str:
        """What one of them is called in messages."""
        return noun(self.model)

    @cached_property
    def spec(self) -> ListSpec:
        """What the list can be asked."""
        known = {f.attribute or name: f for name, f in self.shown.fields.items()}
        filters = {name: (getattr(self.model, name), filter_field(known.get(name))) for name in self.filters}
        return ListSpec(self.model, filters, self.sorts, self.default_sort, self.finders, lookups=self.lookups)

    @cached_property
    def shown(self) -> Schema:
        """The schema that is read by; made once, for that is dear."""
        return self.read()

    @cached_property
    def columns(self) -> list[str] | None:
        """The columns that `read` needs; None where it shows more than columns and takes the whole entity."""
        return self.columns_of(self.shown.dump_fields)

    def columns_of(self, shown: Mapping[str, ma.Field], *, completed: bool = False) -> list[str] | None:
        """The columns that these fields need, if what is more is `completed`; else None where one is more than a
        column."""
        names, mapper = column_names(shown), self.model.__mapper__
        if self.complete is not None or completed:
            read = {**self.shown.dump_fields, **shown}  # rows are completed from any column that is read
            names = [field.attribute or name for name, field in read.items()]
        elif names is None or not all(name in mapper.column_attrs for name in names):
            return None
        wanted = dict.fromkeys([*names, "id", "version", "created_at", *self.sorts])
        return [*(name for name in wanted if name in mapper.column_attrs), *self.beside]

    @cached_property
    def _all(self) -> Any:
        return self.select(self.columns)

    def select(self, columns: Sequence[str] | None) -> Any:
        """A SELECT of these columns; None: of the whole entity with what it takes."""
        if columns is None:
            return select(self.model).options(*self.options)
        return select(*(self._column(name) for name in columns))

    def _column(self, name: str) -> Any:
        if name in self.beside:
            return self.beside[name].label(name)
        # With columns of the table SQLAlchemy finds a statement compiled before at a fraction of what attributes take.
        column = self.model.__table__.columns.get(name)
        return getattr(self.model, name).label(name) if column is None else column

    @cached_property
    def _one(self) -> Any:
        return self._all.where(self.model.id == bindparam("wanted"))

    def statement(self, base: Any = None) -> Any:
        """The SELECT behind list and read, narrowed to the caller's reach."""
        return visible(self._narrowed(self._all if base is None else base), self.model)

    def _narrowed(self, statement: Any) -> Any:
        return statement if self.where is None else statement.where(self.where())

    def page(self, session: Session, query: Mapping[str, str], *conditions: Any) -> dict[str, Any]:
        """A page of the list, for `read` to show, of rows of which the conditions hold besides."""
        self.refuse_hidden(query)
        statement = self._narrowed(self._all).where(*conditions)
        page = self.spec.page(statement, query, session, entities=self.columns is None)
        return page if self.complete is None else page | {"data": self.complete(session, page["data"])}

    def refuse_hidden(self, query: Mapping[str, str]) -> frozenset[str]:
        """BadRequest where the query names a field that is hidden from the caller; else those fields."""
        hidden = hidden_fields(self.shown, actor())
        named = [name.partition("__")[0] for name in query] + (query.get("sort") or "").replace("-", "").split(",")
        for name in hidden.intersection(named):
            raise BadRequest(name, "unknown_parameter", f"There is no parameter {name!r} here.")
        return hidden

    def found(self, session: Session, id: UUID) -> Any:
        """The record of this id as `read` shows it; None where there is none within reach."""
        statement, values = self.statement(self._one), {"wanted": id}
        if self.columns is None:
            return session.scalars(statement, values).one_or_none()
        rows = column_rows(session, statement, values)
        if not rows:
            return None
        return rows[0] if self.complete is None else self.complete(session, rows)[0]

    def parameters(self) -> tuple[Mapping[str, Any], ...]:
        """The list's parameters, for its OpenAPI description."""
        return self.spec.parameters()
