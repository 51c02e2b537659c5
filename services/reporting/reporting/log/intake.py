"""The way into the log: an event is put down as it comes; its place in the log it gets from the projector."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import event as orm_events
from sqlalchemy import text
from sqlalchemy.orm import Session, SessionTransaction

from chassis import clock
from chassis.events import Event
from chassis.ids import id_of
from reporting.log.metrics import LAG
from reporting.log.model import Arrival
from reporting.log.rules import storable

_OWNERS = ("owner_id", "assignee_id", "author_id")
_PENDING = "reporting.arrivals"
_COLUMNS = ", ".join(column.name for column in Arrival.__table__.columns if column.name != "id")
_WRITE = text(
    f"INSERT INTO arrivals ({_COLUMNS}) "  # noqa: S608 - column names of our own table
    f"SELECT {_COLUMNS} FROM json_populate_recordset(CAST(NULL AS arrivals), CAST(:rows AS json))"
)


def record(session: Session, event: Event) -> None:
    """Put an event down. Takes every event, whatever its type or data: the log judges nothing.

    All events of a transaction are written in one statement when it commits.
    """
    received_at = clock.now()
    data = dict(_storable(event.data))
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
        "correlation_id": storable(event.correlationid),
        "causation_id": storable(event.causationid),
        "actor_id": storable(event.actorid),
        "traceparent": storable(event.traceparent),
        "data": data,
        "personal": personal or None,
        "person_id": _id(data, "person_id"),
        "person_ids": _people(data),
        "received_at": received_at,
        "owner_id": next(filter(None, (_id(data, name) for name in _OWNERS)), None),
        "team_id": _id(data, "team_id"),
        "partner_id": _id(data, "partner_id"),
    }
    session.info.setdefault(_PENDING, []).append(row)
    LAG.observe(max(0.0, (received_at - event.time).total_seconds()))


def write(session: Session) -> None:
    """Write the events that this transaction has put down so far. Its commit does so."""
    if rows := session.info.pop(_PENDING, None):
        session.execute(_WRITE, {"rows": orjson.dumps(rows).decode()})


@orm_events.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.get_nested_transaction() is None:
        write(session)


@orm_events.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    if not rolled_back.nested:
        session.info.pop(_PENDING, None)


def _storable(data: dict[str, Any]) -> dict[str, Any]:
    """The data as it can be stored. To walk through it costs more than all the rest: only where something in it is to
    be replaced, which writing it as JSON shows. (NaN, which is written as null, ends as that anyway.)"""
    try:
        written = orjson.dumps(data, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:
        return dict(storable(data))
    return data if b"\\u0000" not in written else dict(storable(data))


def _people(data: dict[str, Any]) -> list[UUID] | None:
    """The people of a bundle, or None where the event is none."""
    people = data.get("people")
    if not isinstance(people, list):
        return None
    return [id_ for person in people if isinstance(person, dict) and (id_ := _id(person, "person_id"))] or None


def _id(data: dict[str, Any], name: str) -> UUID | None:
    """A UUID out of the data, or None where there is none that is one."""
    try:
        return id_of(data[name]) if isinstance(data.get(name), str) else None
    except ValueError:
        return None
