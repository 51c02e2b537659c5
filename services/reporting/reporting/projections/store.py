"""States and counters in the database: many at a time, one statement per table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Text, Uuid, case, cast, func, select, text
from sqlalchemy.orm import Session

from chassis.events.bulk import TOGETHER
from reporting.figures.rules import Fact, mark
from reporting.log.model import LoggedEvent
from reporting.projections.model import ROWS, Counter, RefusedFact
from reporting.projections.rules import BUNDLED_TYPES, FOLDED_TYPES, KINDS, Folded, States, singly

PROJECTED: tuple[Any, ...] = (*ROWS.values(), Counter, RefusedFact)


class _Table(NamedTuple):
    """How a state class lies in its table."""

    state: Callable[..., Any]
    row: Any
    read: tuple[Any, ...]
    values: Callable[[Any], tuple[Any, ...]]
    names: tuple[str, ...]
    write: Any


def facts(session: Session, after: int, limit: int) -> tuple[list[Fact], int]:
    """The facts among the `limit` events behind position `after`, and the position up to which they reach: less far
    where events tell of many, so that a batch of them is no larger.

    A later version of a type is published beside version 1 and tells the same once more: only version 1 is folded.
    """
    position = LoggedEvent.position
    facts_so_far = func.sum(case((LoggedEvent.type.in_(BUNDLED_TYPES), TOGETHER), else_=1)).over(order_by=position)
    near = select(position, facts_so_far.label("facts")).where(position > after, position <= after + limit).subquery()
    last = session.scalar(select(func.max(near.c.position)).where(near.c.facts < limit + TOGETHER))
    if last is None:
        return [], after
    log = LoggedEvent.__table__.c
    rows = session.execute(
        select(
            log.position,
            log.sequence,
            _as_text(log.event_id),
            log.source,
            log.type,
            log.time,
            _as_text(log.data),
        )
        .where(log.position > after, log.position <= last, log.version == 1, log.type.in_(FOLDED_TYPES))
        .order_by(log.position)
    )
    told = (Fact(r[0], mark(r[1], r[2]), r[3], r[4], r[5], orjson.loads(r[6])) for r in rows)
    return [one for fact in told for one in singly(fact)], last


def load(session: Session, generation: int, ids: Mapping[str, Iterable[str]]) -> States:
    """The states of these ids, per kind; ids that are not known are left out."""
    states: States = {}
    for kind in KINDS:
        table, wanted = _TABLES[kind.name], list(ids[kind.name])
        rows: Iterable[Any] = ()
        if wanted:
            found = table.row.id == text("ANY(CAST(:ids AS uuid[]))")
            statement = select(*table.read).where(table.row.generation == generation, found)
            rows = session.execute(statement, {"ids": wanted})
        states[kind.name] = {row[0]: table.state(*row) for row in rows}
    return states


def save(session: Session, generation: int, folded: Folded) -> None:
    """Write what a batch came to."""
    for name, states in folded.states.items():
        table = _TABLES[name]
        if states:
            rows = [dict(zip(table.names, table.values(state), strict=True)) for state in states.values()]
            _write(session, table.write, generation, rows)
    if counters := folded.counters():
        rows = [cell._asdict() | {"count": moved[0], "amount": moved[1]} for cell, moved in counters.items()]
        _write(session, _MOVE_COUNTERS, generation, rows)
    if folded.refused:
        rows = [{"position": position, "reason": reason} for position, reason in folded.refused]
        _write(session, _REFUSE, generation, rows)


def differences(session: Session, live: int, rebuilt: int) -> dict[str, int]:
    """Per table, how many rows of two generations are not the same in both; tables that agree are left out."""
    found = {}
    for model in PROJECTED:
        table = model.__table__
        names = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "generation")
        counted = " AND (count <> 0 OR amount <> 0)" if model is Counter else ""
        one = f"SELECT {names} FROM {table.name} WHERE generation = :live{counted}"  # noqa: S608 - our own names
        other = one.replace(":live", ":rebuilt")
        count = session.scalar(
            text(f"SELECT count(*) FROM (({one} EXCEPT {other}) UNION ALL ({other} EXCEPT {one})) AS d"),  # noqa: S608
            {"live": live, "rebuilt": rebuilt},
        )
        if count:
            found[table.name] = int(count)
    return found


def purge(session: Session, generation: int, limit: int) -> int:
    """Remove up to `limit` rows of a generation from each table; how many are gone."""
    gone = 0
    for model in PROJECTED:
        table = model.__table__
        statement = text(
            f"DELETE FROM {table.name} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table.name} "  # noqa: S608
            "WHERE generation = :generation LIMIT :limit))"
        )
        gone += session.execute(statement, {"generation": generation, "limit": limit}).rowcount  # type: ignore[attr-defined]
    return gone


def _write(session: Session, statement: Any, generation: int, rows: list[dict[str, Any]]) -> None:
    as_json = orjson.dumps(rows, default=str).decode()
    session.execute(statement, {"generation": generation, "rows": as_json})


def _as_text(column: Any) -> Any:
    """Ids and JSON come as text, which costs less than objects that are not needed."""
    return cast(column, Text)


def _upsert(row: Any, update: str) -> Any:
    """One statement that takes all rows of a table as one JSON parameter, typed by the table itself."""
    table = row.__table__
    names = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "generation")
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    return text(
        f"INSERT INTO {table.name} (generation, {names}) SELECT :generation, {names} "  # noqa: S608 - our own names
        f"FROM json_populate_recordset(CAST(NULL AS {table.name}), CAST(:rows AS json)) "
        f"ON CONFLICT ({keys}) DO {update}"
    )


def _table(name: str, state: Any) -> _Table:
    row = ROWS[name]
    names = tuple(field.name for field in fields(state))
    columns = [row.__table__.columns[column] for column in names]
    read = tuple(_as_text(column) if isinstance(column.type, Uuid) else column for column in columns)
    update = ", ".join(f'"{column}" = excluded."{column}"' for column in names if column != "id")
    return _Table(state, row, read, attrgetter(*names), names, _upsert(row, f"UPDATE SET {update}"))


_TABLES = {kind.name: _table(kind.name, kind.state) for kind in KINDS}
_MOVE_COUNTERS = _upsert(
    Counter, "UPDATE SET count = counters.count + excluded.count, amount = counters.amount + excluded.amount"
)
_REFUSE = _upsert(RefusedFact, "NOTHING")
