"""What a service holds of a person: tables, how a person's rows are found, what becomes of each column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, inspect, or_, select
from sqlalchemy.orm import Session

ERASED = "[erased]"
_DERIVED = {"search_text", "search_grams"}

Eraser = Callable[[Session, Sequence[UUID]], int]


@dataclass(frozen=True)
class Via:
    """A row is a person's because the row of `parent` is that `column` refers to, by its primary key or by `key`."""

    column: str
    parent: type[Any]
    key: str | None = None


@dataclass(frozen=True)
class Kept:
    """Columns that stay after an erasure because a law or a contract asks for them, and which."""

    columns: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Holding:
    """What one table holds of a person. Every column that can hold a text stands in exactly one of the lists.

    `by`: the columns with the person's id, or the `Via` through which the rows are theirs. `where` narrows the rows:
    a table may have several holdings. An erasure deletes the rows (`delete`), or sets the columns of `clear` to the
    given values and takes out of those of `scrub` whatever names the person (`identifies`, of all holdings, tells
    what that is). `plain` columns hold nothing personal: codes, states, currencies. `kept` stay, for the reason given.
    `withheld` columns are not handed out in an export. `eraser` does it all where this is not enough.
    """

    model: type[Any]
    by: tuple[str, ...] | Via
    delete: bool = False
    clear: Mapping[str, Any] = field(default_factory=dict)
    scrub: tuple[str, ...] = ()
    identifies: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    kept: Kept | None = None
    withheld: tuple[str, ...] = ()
    where: ColumnElement[bool] | None = None
    eraser: Eraser | None = None

    @property
    def table(self) -> str:
        """Its name in the database."""
        return str(self.model.__tablename__)

    @property
    def exported(self) -> list[str]:
        """The columns that an export holds: neither hashes nor what is made for searching, nor what is withheld."""
        left_out = _DERIVED | set(self.withheld)
        columns = self.model.__table__.columns
        return [c.name for c in columns if c.name not in left_out and not isinstance(c.type, LargeBinary)]

    @property
    def classified(self) -> set[str]:
        """The columns of which it is said what becomes of them."""
        kept = self.kept.columns if self.kept else ()
        return {*self.clear, *self.scrub, *self.plain, *kept}


class Holdings:
    """All that a service holds. `apart`: tables that look as if they held something, and why they do not."""

    def __init__(self, *holdings: Holding, apart: Mapping[str, str] | None = None) -> None:
        self.holdings = holdings
        self.apart = dict(apart or {})

    def __iter__(self) -> Iterator[Holding]:
        return iter(self.holdings)

    def theirs(self, holding: Holding, ids: Sequence[UUID]) -> ColumnElement[bool]:
        """The WHERE clause for the rows of `holding` that are of the people with these ids."""
        condition = self._of(holding.model, holding.by, ids)
        return condition if holding.where is None else condition & holding.where

    def _of(self, model: type[Any], by: tuple[str, ...] | Via, ids: Sequence[UUID]) -> ColumnElement[bool]:
        if not isinstance(by, Via):
            return or_(*(getattr(model, name).in_(ids) for name in by))
        key = by.parent.__table__.c[by.key] if by.key else inspect(by.parent).primary_key[0]
        parents = [h for h in self.holdings if h.model is by.parent]
        theirs = or_(*(self._of(by.parent, parent.by, ids) for parent in parents))
        found: ColumnElement[bool] = getattr(model, by.column).in_(select(key).where(theirs))
        return found
