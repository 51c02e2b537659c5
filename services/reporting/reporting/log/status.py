"""Whether the log is whole: what of each source has come, what is missing, what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from chassis import clock
from reporting.log.model import Arrival, LogHole, LogSource
from reporting.log.numbering import head
from reporting.settings import settings

_MISSING = LogHole.last - LogHole.first + 1
MAX_GAPS = 200
MAX_COUNTED = 100_000


def gaps(session: Session, older_than: int | None) -> dict[str, Any]:
    """The holes that are older than so many seconds (default: `gap_seconds`), the oldest first, at most 200."""
    rows = session.execute(
        select(LogHole.source, LogHole.first, LogHole.last, _MISSING.label("missing"), LogHole.noticed_at)
        .where(_overdue(older_than))
        .order_by(LogHole.noticed_at, LogHole.source, LogHole.first)
        .limit(MAX_GAPS)
    )
    return {"data": list(rows), "next_cursor": None}


def missing(session: Session) -> dict[str, int]:
    """Overdue positions per source; 0 for a source that is whole."""
    rows = session.execute(
        select(LogSource.source, func.coalesce(func.sum(_MISSING), 0))
        .outerjoin(LogHole, and_(LogHole.source == LogSource.source, _overdue(None)))
        .group_by(LogSource.source)
        .order_by(LogSource.source)
    )
    return {source: int(count) for source, count in rows}


def waiting(session: Session) -> int:
    """How many events have no place in the log yet; counted up to 100,000."""
    some = select(Arrival.id).limit(MAX_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def summary(session: Session) -> dict[str, Any]:
    """The log's position, and per source how much has come and how much is overdue."""
    overdue = missing(session)
    rows = session.scalars(select(LogSource).order_by(LogSource.source)).all()
    return {
        "position": head(session),
        "waiting": waiting(session),
        "complete": not any(overdue.values()),
        "sources": [
            {
                "source": row.source,
                "highest": row.highest,
                "events": row.events,
                "missing": overdue.get(row.source, 0),
                "last_received_at": row.last_received_at,
            }
            for row in rows
        ],
    }


def _overdue(older_than: int | None) -> ColumnElement[bool]:
    seconds = settings().gap_seconds if older_than is None else older_than
    return LogHole.noticed_at <= clock.now() - timedelta(seconds=seconds)
