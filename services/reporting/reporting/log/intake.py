"""The way into the log: an event is put down as it comes; its place in the log it gets from the projector."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import event as orm_events
from sqlalchemy import text
from sqlalchemy.orm import Session, SessionTransaction

from chassis import clock
from chassis.db.bulk import rows_given
from chassis.db.sending import send
from chassis.events import Event
from chassis.ids import id_text, id_texts
from reporting.log.metrics import LAG
from reporting.log.model import Arrival
from reporting.log.rules import storable

_OWNERS = ("owner_id", "assignee_id", "author_id")
_PENDING = "reporting.arrivals"
_JSON = ("data", "personal")
_NAMES = [column.name for column in Arrival.__table__.columns if column.name not in ("id", *_JSON)]
_COLUMNS = ", ".join(f"told.{name}" for name in _NAMES)
# The two that are large go beside the others, parted by a character that JSON never holds unescaped: within JSON they
# would be read three times.
_WRITE = text(
    f"""
    INSERT INTO arrivals ({", ".join(_NAMES)}, data, personal)
    SELECT {_COLUMNS}, CAST(given.data AS jsonb), CAST(nullif(given.personal, '') AS jsonb)
    FROM ROWS FROM (
        json_array_elements(CAST(:rows AS json)),
        unnest(string_to_array(:data, chr(30))),
        unnest(string_to_array(:personal, chr(30)))
    ) WITH ORDINALITY AS given (row, data, personal, place)
    CROSS JOIN LATERAL json_populate_record(CAST(NULL AS arrivals), given.row) AS told
    ORDER BY given.place
    """  # noqa: S608 - column names of our own table
)


def record(session: Session, event: Event) -> None:
    """Put an event down. Takes every event, whatever its type or data: the log judges nothing.

    All events of a transaction are written in one statement when it commits.
    """
    received_at = clock.now()
    data = event.data
    personal = data.get("personal")
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
        "data": _storable({name: value for name, value in data.items() if name != "personal"}),
        "personal": _storable(personal) if personal else "",
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
        apart = {name: "\x1e".join([row.pop(name) for row in rows]) for name in _JSON}
        send(session, _WRITE, rows_given(rows) | apart)


@orm_events.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.get_nested_transaction() is None:
        write(session)


@orm_events.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    if not rolled_back.nested:
        session.info.pop(_PENDING, None)


def _storable(data: dict[str, Any]) -> str:
    """The data as JSON that can be stored. To walk through it costs more than all the rest: only where something in it
    is to be replaced, which writing it shows. (NaN, which is written as null, ends as that anyway.)"""
    try:
        written = orjson.dumps(data, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:
        written = b"\\u0000"
    return (orjson.dumps(storable(data)) if b"\\u0000" in written else written).decode()


def _people(data: dict[str, Any]) -> list[str] | None:
    """The people of a bundle, or None where the event is none."""
    people = data.get("people")
    if not isinstance(people, list):
        return None
    named = [person.get("person_id") for person in people if isinstance(person, dict)]
    try:
        return id_texts(named) or None
    except ValueError:
        return [id_ for name in named if (id_ := _id_text(name))] or None


def _id(data: dict[str, Any], name: str) -> str | None:
    """An id out of the data, or None where there is none that is one."""
    return _id_text(data.get(name))


def _id_text(value: Any) -> str | None:
    try:
        return id_text(value) if isinstance(value, str) else None
    except ValueError:
        return None
