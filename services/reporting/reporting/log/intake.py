"""The way into the log: an event is put down as it comes; its place in the log it gets from the projector."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import Event
from reporting.log.metrics import LAG
from reporting.log.model import Arrival
from reporting.log.rules import storable

_OWNERS = ("owner_id", "assignee_id", "author_id")


def record(session: Session, event: Event) -> None:
    """Put an event down. Takes every event, whatever its type or data: the log judges nothing."""
    received_at = clock.now()
    data = storable(event.data)
    personal = data.pop("personal", None)
    row = {
        "event_id": event.id,
        "source": event.source,
        "type": event.type,
        "version": event.version,
        "subject": storable(event.subject),
        "time": event.time,
        "sequence": event.sequence,
        "source_position": event.position,
        "correlation_id": event.correlationid,
        "causation_id": event.causationid,
        "actor_id": event.actorid,
        "traceparent": event.traceparent,
        "data": data,
        "personal": personal or None,
        "person_id": _id(data, "person_id"),
        "received_at": received_at,
        "owner_id": next(filter(None, (_id(data, name) for name in _OWNERS)), None),
        "team_id": _id(data, "team_id"),
        "partner_id": _id(data, "partner_id"),
    }
    session.execute(insert(Arrival.__table__), row)  # type: ignore[arg-type]
    LAG.observe(max(0.0, (received_at - event.time).total_seconds()))


def _id(data: dict[str, Any], name: str) -> UUID | None:
    """A UUID out of the data, or None where there is none that is one."""
    try:
        return UUID(data[name]) if isinstance(data.get(name), str) else None
    except ValueError:
        return None
