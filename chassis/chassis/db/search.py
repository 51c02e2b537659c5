"""Search over names, e-mails and phones with core PostgreSQL alone.

A row keeps its searchable text, normalised, and the set of its n-grams (`chassis.db.grams`) under a GIN index: on the
row itself or, where rows come by the million, in a table of their own (`chassis.db.beside`).
A query narrows by n-grams first and is then held against the text itself, so that the answer is exact. The rarest few
of a word's n-grams narrow as far as all of them do: to read the long lists of common ones costs ten times as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, and_, any_, event, func, inspect, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from chassis.db.beside import Grams, keep
from chassis.db.grams import SHORT, grams_of, grams_to_find, is_cjk, text_of, words_of

_ENOUGH = 4
_GAP = "[ \n]"
_LETTER = "[^ \n]"


class Searchable:
    """A row that `q=` finds. `__search__` names the attributes that make up its text; None is passed over. `__grams__`
    is the table that keeps the n-grams beside the rows, of a model whose rows do not keep them themselves."""

    __search__: tuple[str, ...] = ()
    __grams__: ClassVar[type[Grams] | None] = None

    search_text: Mapped[str] = mapped_column(Text, default="", deferred=True, sort_order=95)
    search_grams: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, deferred=True, sort_order=96)

    def search_terms(self) -> Iterable[str | None]:
        """What the row is found by. Override where it takes more than attributes, and name in `__search__` the
        attributes and relationships that it is made from."""
        return (getattr(self, name) for name in self.__search__)

    def fill_search(self) -> None:
        """Reckon what the row is found by afresh. What is kept beside it follows at the flush."""
        self.search_text = text_of(self.search_terms())
        if self.__grams__ is None:
            self.search_grams = grams_of(self.search_text)


def search_values(terms: Iterable[str | None]) -> tuple[str, list[str]]:
    """The `search_text` and `search_grams` of a row that is found by `terms`."""
    text = text_of(terms)
    return text, grams_of(text)


def matches(model: type[Searchable], query: str, frequencies: Mapping[str, float] | None = None) -> ColumnElement[bool]:
    """The WHERE clause for rows whose text holds every word of `query`, found by the index of n-grams. `frequencies`:
    how common n-grams are, where that is known (`gram_frequencies`).

    A word of one or two alphabetic characters matches at the beginning of a word only, a single Chinese one besides in
    words of up to four characters. A row whose n-grams do not stand beside it yet is not found.
    """
    columns: Any = model.__grams__ or model
    wanted = [_rarest(grams_to_find(word), frequencies) for word in words_of(query)]
    having = and_(*(columns.search_grams.contains(grams) for grams in wanted))
    return and_(having if columns is model else _beside(model, columns, having), reads(model, query))


def reads(model: type[Searchable], query: str) -> ColumnElement[bool]:
    """The same by the text alone, whatever the index holds: for rows that are looked at one by one."""
    columns: Any = model
    return and_(*(_stands_in(columns.search_text, word) for word in words_of(query)))


def share(query: str, frequencies: Mapping[str, float]) -> float:
    """About which share of the rows (0 to 1) hold every word of `query`, as if words came independently of each other;
    0 where one is too rare to be in `frequencies`."""
    words = words_of(query)
    return prod(min(frequencies.get(gram, 0.0) for gram in grams_to_find(word)) for word in words)


def _beside(model: Any, beside: type[Grams], having: ColumnElement[bool]) -> ColumnElement[bool]:
    """The ids are collected first, then looked up: of a join PostgreSQL believes that it has half of the table to read,
    and does so."""
    found = func.array(select(beside.key()).where(having).scalar_subquery(), type_=ARRAY(Uuid))
    clause: ColumnElement[bool] = model.id == any_(found)
    return clause


def _stands_in(text: Any, word: str) -> ColumnElement[bool]:
    if len(word) > 2 or (len(word) == 2 and is_cjk(word)):
        found: ColumnElement[bool] = text.contains(word, autoescape=True)
        return found
    begins = [text.startswith(word, autoescape=True)]
    begins += [text.contains(gap + word, autoescape=True) for gap in (" ", "\n")]
    if is_cjk(word):
        inside = (f"{_LETTER}{{{i}}}{word}{_LETTER}{{0,{SHORT - 1 - i}}}" for i in range(1, SHORT))
        begins.append(text.regexp_match(f"(^|{_GAP})({'|'.join(inside)})($|{_GAP})"))
    return or_(*begins)


def _rarest(grams: list[str], frequencies: Mapping[str, float] | None) -> list[str]:
    if not frequencies or len(grams) <= _ENOUGH:
        return grams
    return sorted(grams, key=lambda gram: frequencies.get(gram, 0.0))[:_ENOUGH]


@event.listens_for(Searchable, "before_insert", propagate=True)
def _fill_search(_mapper: Any, _connection: Any, row: Searchable) -> None:
    row.fill_search()


@event.listens_for(Searchable, "before_update", propagate=True)
def _keep_search(_mapper: Any, _connection: Any, row: Searchable) -> None:
    """Only where what the row is found by may have changed: any other write should leave the GIN index alone."""
    attributes = inspect(row).attrs
    if row.__search__:
        changed = any(name not in attributes or attributes[name].history.has_changes() for name in row.__search__)
    else:
        session = object_session(row)  # a row that was given the values it had must not become an UPDATE by this
        changed = session is None or session.is_modified(row, include_collections=False)
    if changed:
        row.fill_search()


@event.listens_for(Session, "after_flush")
def _keep_beside(session: Session, _context: Any) -> None:
    """What was flushed is known here as it was before: what is new, and what of it was changed."""
    texts: dict[type[Grams], dict[UUID, str]] = {}
    for row in (*session.new, *session.dirty):
        if isinstance(row, Searchable) and row.__grams__ and inspect(row).attrs.search_text.history.has_changes():
            texts.setdefault(row.__grams__, {})[row.id] = row.search_text  # type: ignore[attr-defined]
    for beside, of_rows in texts.items():
        keep(session, beside, of_rows)
