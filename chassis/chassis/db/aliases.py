"""One id that has come to stand for another: rows that name the old one follow to the new one, and can come back.

    PEOPLE = Following(MergedPerson, (Deal.person_id, Order.person_id))

A service makes its table from `Alias` and names the columns that follow. What moved is remembered, so that `part`
sends back exactly that: what was added since stays where it was added. Facts may come in any order: each carries the
sequence of the old id, and an older fact than the last changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import BigInteger, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from chassis.db import following
from chassis.db.bulk import one_of
from chassis.db.model import Json

if TYPE_CHECKING:
    from chassis.events import Event

_LONGEST = 100
_FOLLOWING: dict[tuple[type[Any] | None, str], Following] = {}  # by model and column


class Alias:
    """`old_id` stands for `new_id` while `active`. `moved`: by `table.column`, the keys of the rows that followed;
    under `twins`, by the same, the rows that were there twice."""

    old_id: Mapped[UUID] = mapped_column(primary_key=True)
    new_id: Mapped[UUID] = mapped_column(index=True)
    active: Mapped[bool]
    sequence: Mapped[int] = mapped_column(BigInteger)
    moved: Mapped[Json]


def resolve(session: Session, model: type[Any], id: UUID) -> UUID:
    """What `id` stands for now: the last of a chain of aliases, or `id` itself."""
    return next((row.new_id for row in reversed(list(_chain(session, model, id)))), id)


def resolve_many(session: Session, model: type[Any], ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The same of many: each id, and what it stands for now. A statement for each link of the longest chain."""
    now = {id: id for id in ids}
    for _ in range(_LONGEST):
        ends = set(now.values())
        links = select(model.old_id, model.new_id).where(one_of(model.old_id, ends), model.active)
        following = {old: new for old, new in session.execute(links) if old != new} if ends else {}
        if not following:
            break
        now = {id: following.get(end, end) for id, end in now.items()}
    return now


def standing_for(session: Session, model: type[Any], id: UUID) -> dict[UUID, int]:
    """Every id that stands for `id` now, by whatever chain, with its sequence."""
    found: dict[UUID, int] = {}
    ends = {id}
    while ends:
        near = session.execute(select(model.old_id, model.sequence).where(model.new_id.in_(ends), model.active)).all()
        ends = {old for old, _ in near} - found.keys() - {id}
        found |= {old: sequence for old, sequence in near if old in ends}
    return found


@dataclass(frozen=True)
class Following:
    """One kind of thing whose ids may come to stand for each other, and all columns that name it."""

    alias: type[Any]
    columns: tuple[InstrumentedAttribute[Any], ...]

    def __post_init__(self) -> None:
        _FOLLOWING.update(dict.fromkeys(map(_column, self.columns), self))

    def current(self, session: Session, id: UUID) -> UUID:
        """What `id` stands for now."""
        return resolve(session, self.alias, id)

    def is_late(self, session: Session, event: Event) -> bool:
        """Whether as much, or more, was heard of the `loser_id` of an event before."""
        known = session.scalar(select(self.alias.sequence).where(self.alias.old_id == event.uuid("loser_id")))
        return known is not None and known >= event.sequence

    def heard_merged(self, session: Session, event: Event) -> None:
        """An event told that `loser_id` was merged into `survivor_id`."""
        self.join(session, event.uuid("loser_id"), event.uuid("survivor_id"), event.sequence)

    def heard_unmerged(self, session: Session, event: Event) -> None:
        """An event told that they are two again."""
        self.part(session, event.uuid("loser_id"), event.uuid("survivor_id"), event.sequence)

    def join(self, session: Session, old: UUID, new: UUID, sequence: int) -> bool:
        """From now on `old` stands for `new`; the rows that name it follow. False where a newer fact is known."""
        if _noted(session, self.alias, old, new, sequence, active=True) is None:
            return False
        target = resolve(session, self.alias, old)
        twins = {following.name_of(one): following.take_twins(session, one, old, target) for one in self.columns}
        found = {following.name_of(one): following.point(session, one, old, target) for one in self.columns}
        for link in _chain(session, self.alias, old):
            link.moved = _more(link.moved, found) | {"twins": _more(link.moved.get("twins", {}), twins)}
        session.flush()
        return True

    def part(self, session: Session, old: UUID, new: UUID, sequence: int) -> bool:
        """`old` stands for itself again, and what had followed comes back, if it still names what `new` stands for.
        False where a newer fact is known."""
        alias = _noted(session, self.alias, old, new, sequence, active=False)
        if alias is None:
            return False
        holder = resolve(session, self.alias, new)
        for column in self.columns:
            name = following.name_of(column)
            following.point(session, column, holder, old, alias.moved.get(name, []))
            following.put_back(session, column, holder, old, alias.moved.get("twins", {}).get(name, []))
        alias.moved = {}
        session.flush()
        return True


def follows(column: InstrumentedAttribute[Any]) -> bool:
    """Whether the rows that name an id in this column follow to what it comes to stand for."""
    return _column(column) in _FOLLOWING


def current_ids(session: Session, column: InstrumentedAttribute[Any], ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """What ids stand for now, of the kind of thing that such a column names (`follows`)."""
    return resolve_many(session, _FOLLOWING[_column(column)].alias, ids)


def _column(column: Any) -> tuple[type[Any] | None, str]:
    """Two services may call a table alike; a column of no model has none."""
    return getattr(column, "class_", None), column.key


def forget_moved(session: Session, model: type[Any], ids: list[UUID]) -> None:
    """What followed these ids is not to come back: whom they stood for was deleted."""
    session.execute(update(model).where(model.old_id.in_(ids)).values(moved={}))


def _more(before: dict[str, Any], found: dict[str, list[Any]]) -> dict[str, Any]:
    return before | {name: [*before.get(name, []), *rows] for name, rows in found.items() if rows}


def _noted(session: Session, model: Any, old: UUID, new: UUID, sequence: int, *, active: bool) -> Any:
    blank = {"old_id": old, "new_id": new, "active": False, "sequence": -1, "moved": {}}
    session.execute(insert(model).values(blank).on_conflict_do_nothing())
    statement = select(model).where(model.old_id == old).with_for_update()
    alias = session.scalars(statement, execution_options={"populate_existing": True}).one()
    if alias.sequence >= sequence:
        return None
    alias.new_id, alias.active, alias.sequence = new, active, sequence
    session.flush()
    return alias


def _chain(session: Session, model: Any, id: UUID) -> Iterator[Any]:
    seen = {id}
    while len(seen) < _LONGEST:
        alias = session.scalar(select(model).where(model.old_id == id, model.active))
        if alias is None or alias.new_id in seen:
            return
        yield alias
        id = alias.new_id
        seen.add(id)
