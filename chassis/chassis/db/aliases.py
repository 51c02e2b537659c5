"""One id that has come to stand for another: rows that name the old one follow to the new one, and can come back.

A service makes its table from `Alias` and names the columns that follow. What moved is remembered, so that `part`
sends back exactly that: what was added since stays where it was added. Facts may come in any order: each carries the
sequence of the old id, and an older fact than the last changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, inspect, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from chassis.db.model import Json

_LONGEST = 100


class Alias:
    """`old_id` stands for `new_id` while `active`. `moved`: by table, the keys of the rows that followed."""

    old_id: Mapped[UUID] = mapped_column(primary_key=True)
    new_id: Mapped[UUID] = mapped_column(index=True)
    active: Mapped[bool]
    sequence: Mapped[int] = mapped_column(BigInteger)
    moved: Mapped[Json]


def resolve(session: Session, model: type[Any], id: UUID) -> UUID:
    """What `id` stands for now: the last of a chain of aliases, or `id` itself."""
    return next((row.new_id for row in reversed(list(_chain(session, model, id)))), id)


def standing_for(session: Session, model: type[Any], id: UUID) -> dict[UUID, int]:
    """Every id that stands for `id` now, by whatever chain, with its sequence."""
    found: dict[UUID, int] = {}
    ends = {id}
    while ends:
        near = session.execute(select(model.old_id, model.sequence).where(model.new_id.in_(ends), model.active)).all()
        ends = {old for old, _ in near} - found.keys() - {id}
        found |= {old: sequence for old, sequence in near if old in ends}
    return found


def join(
    session: Session, model: type[Any], old: UUID, new: UUID, sequence: int, columns: Sequence[Any]
) -> dict[str, list[str]] | None:
    """From now on `old` stands for `new`; the rows that name it in one of `columns` follow.

    What moved, by table; None where a newer fact is known.
    """
    alias = _noted(session, model, old, new, sequence, active=True)
    if alias is None:
        return None
    target = resolve(session, model, old)
    found = {_name(column): _point(session, column, old, target) for column in columns}
    for link in _chain(session, model, old):
        link.moved = {name: [*link.moved.get(name, []), *keys] for name, keys in found.items()}
    session.flush()
    return found


def part(session: Session, model: type[Any], old: UUID, new: UUID, sequence: int, columns: Sequence[Any]) -> bool:
    """`old` stands for itself again, and what had followed comes back, if it still names what `new` stands for.

    False where a newer fact is known.
    """
    alias = _noted(session, model, old, new, sequence, active=False)
    if alias is None:
        return False
    holder = resolve(session, model, new)
    for column in columns:
        _point(session, column, holder, old, alias.moved.get(_name(column), []))
    alias.moved = {}
    session.flush()
    return True


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


def _point(
    session: Session, column: InstrumentedAttribute[Any], old: UUID, new: UUID, only: Sequence[str] | None = None
) -> list[str]:
    mapped: Any = column.class_
    (key,) = inspect(mapped).primary_key
    statement = update(mapped).where(column == old)
    if only is not None:
        statement = statement.where(key.in_([UUID(one) for one in only]))
    values = {column.key: new} | ({"version": mapped.version + 1} if hasattr(mapped, "version") else {})
    moved = session.execute(statement.values(values).returning(key), execution_options={"synchronize_session": False})
    keys = [str(one) for one in moved.scalars()]
    for row in list(session.identity_map.values()):
        if isinstance(row, mapped):
            session.expire(row)
    return keys


def _name(column: InstrumentedAttribute[Any]) -> str:
    return str(column.class_.__tablename__)
