"""Places in the log: arrivals move into it under one lock, so that positions are dense and become visible in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from chassis import clock
from reporting.log.model import LoggedEvent, LogHole, LogSource
from reporting.log.rules import Hole, Ledger

_LOCK = 7_170_101
_COLUMNS = ", ".join(column.name for column in LoggedEvent.__table__.columns if column.name != "position")

# An event whose inbox row was tidied away and that is delivered once more is dropped here: one place for each event.
_MOVE = text(
    f"""
    WITH taken AS (
        DELETE FROM arrivals WHERE id IN (SELECT id FROM arrivals ORDER BY id LIMIT :limit) RETURNING *
    ), first_ones AS (
        SELECT DISTINCT ON (event_id, source) * FROM taken ORDER BY event_id, source, id
    ), fresh AS (
        SELECT * FROM first_ones AS f
        WHERE NOT EXISTS (SELECT FROM event_log AS l WHERE l.event_id = f.event_id AND l.source = f.source)
    ), placed AS (
        INSERT INTO event_log (position, {_COLUMNS})
        SELECT :head + row_number() OVER (ORDER BY id), {_COLUMNS} FROM fresh
        RETURNING position, source, source_position
    )
    SELECT position, source, source_position FROM placed ORDER BY position
    """  # noqa: S608 - column names of our own table
)


def lock(session: Session, *, wait: bool = False) -> bool:
    """Become the only one who adds to the log and to the live figures, until the transaction ends.

    Without `wait`, False at once where somebody else is.
    """
    if wait:
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}))


def head(session: Session) -> int:
    """The highest position in the log, 0 where it is empty."""
    return session.scalar(text("SELECT coalesce(max(position), 0) FROM event_log")) or 0


def place(session: Session, limit: int) -> int:
    """Move up to `limit` arrivals into the log; how many got a place. The caller holds the lock."""
    placed = session.execute(_MOVE, {"limit": limit, "head": head(session)}).all()
    _note_positions(session, placed)
    return len(placed)


def _note_positions(session: Session, placed: Sequence[Any]) -> None:
    """Keep the gap ledger of each source."""
    now = clock.now()
    arrived: dict[str, list[int | None]] = defaultdict(list)
    for row in placed:
        arrived[row.source].append(row.source_position)
    for source, positions in arrived.items():
        ledger = _ledger(session, source)
        before = list(ledger.holes)
        for position in positions:
            if position is not None:
                ledger.arrived(position, now)
        _save(session, source, ledger, len(positions), now)
        if ledger.holes != before:
            _save_holes(session, source, before, ledger.holes)


def _ledger(session: Session, source: str) -> Ledger:
    highest = session.scalar(select(LogSource.highest).where(LogSource.source == source)) or 0
    rows = session.execute(
        select(LogHole.first, LogHole.last, LogHole.noticed_at).where(LogHole.source == source).order_by(LogHole.first)
    )
    return Ledger(highest, [Hole(*row) for row in rows])


def _save(session: Session, source: str, ledger: Ledger, count: int, now: datetime) -> None:
    row = {"source": source, "highest": ledger.highest, "events": count, "last_received_at": now}
    statement = postgresql.insert(LogSource).values(row)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["source"],
            set_=row | {"events": LogSource.events + statement.excluded.events},
        )
    )


def _save_holes(session: Session, source: str, before: list[Hole], after: list[Hole]) -> None:
    closed, opened = set(before) - set(after), set(after) - set(before)
    if closed:
        firsts = [hole.first for hole in closed]
        session.execute(delete(LogHole).where(LogHole.source == source, LogHole.first.in_(firsts)))
    if opened:
        rows = [
            {"source": source, "first": hole.first, "last": hole.last, "noticed_at": hole.noticed_at} for hole in opened
        ]
        session.execute(insert(LogHole), rows)
