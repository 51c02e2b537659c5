"""The way out: an event is written in the transaction of the change it tells of, or not at all."""

from typing import Any

from sqlalchemy import event as orm_events
from sqlalchemy import text
from sqlalchemy.orm import Session, SessionTransaction

from chassis import clock
from chassis.context import current
from chassis.db.bulk import array_text
from chassis.db.sending import send
from chassis.events.contracts import ContractError, contracts_in
from chassis.events.envelope import Event
from chassis.ids import uuid7

MAX_BYTES = 1_000_000
_PENDING = "outbox.pending"

# One statement however many events, and one NOTIFY: it reaches the relay when the transaction commits.
_WRITE = text(
    """
    WITH written AS (
        INSERT INTO outbox (event_id, type, body, traceparent)
        SELECT e.id, e.type, e.body, nullif(e.traceparent, '')
        FROM unnest(CAST(:ids AS uuid[]), CAST(:types AS text[]), string_to_array(:bodies, chr(30)),
                    CAST(:traceparents AS text[]))
             WITH ORDINALITY AS e (id, type, body, traceparent, place)
        ORDER BY e.place
        RETURNING 1
    )
    SELECT pg_notify('outbox', '') WHERE EXISTS (SELECT FROM written)
    """
)


def emit(
    session: Session,
    type_: str,
    entity: Any,
    data: dict[str, Any],
    *,
    personal: dict[str, Any] | None = None,
    subject: str | None = None,
    sequence: int | None = None,
    version: int = 1,
) -> Event:
    """Tell the world that something happened, if and when this transaction commits.

    `entity` gives the subject (`deals/<id>`: its table and id) and the sequence (its version, after a flush);
    pass None together with `subject` and `sequence` where no mapped object stands for it.
    `data` holds JSON types only; what names a person goes into `personal` and travels as `data.personal`.
    Raises ContractError where `contracts/<type>.v<version>.json` is missing or does not allow the data.
    """
    service = session.info["service"]
    if entity is not None:
        _flush(session, entity)
    if personal is not None:
        data = {**data, "personal": personal}
    contracts_in(service.root / "contracts").check(type_, version, data)
    context, id_ = current(), uuid7()
    event = Event(
        id=id_,
        source=service.source,
        type=type_,
        version=version,
        subject=subject or _subject(entity),
        time=clock.now(),
        data=data,
        sequence=getattr(entity, "version", None) or 0 if sequence is None else sequence,
        correlationid=context.correlation_id or str(id_),
        causationid=context.causation_id,
        actorid=str(context.actor.id) if context.actor.id else None,
        traceparent=context.traceparent,
    )
    row = (str(id_), event.wire_type, _body(event), event.traceparent or "")
    if not session.in_transaction():
        session.begin()  # else a rollback would pass the event by
    session.info.setdefault(_PENDING, []).append((session.get_nested_transaction(), event, row))
    return event


def pending(session: Session) -> list[Event]:
    """The events that this session will write when it commits, in order."""
    return [event for _, event, _ in session.info.get(_PENDING, ())]


def write_pending(session: Session) -> None:
    """Write the session's events to the outbox now. Commit does this; a test that never commits may."""
    entries = session.info.pop(_PENDING, None)
    if not entries:
        return
    ids, types, bodies, traceparents = zip(*(row for _, _, row in entries), strict=True)
    values = {"ids": array_text(ids), "types": array_text(types), "traceparents": array_text(traceparents)}
    # As one text, parted by a character that JSON never holds unescaped: an array's quotes cost 50 us an event.
    send(session, _WRITE, values | {"bodies": "\x1e".join(bodies)})


def _body(event: Event) -> str:
    body = event.to_json()
    if len(body) > MAX_BYTES:
        # The broker refuses what is too large by closing the channel and would hold up all the rest.
        raise ContractError(f"{event.type} is {len(body):,} characters long; an event is state, not a file")
    return body


def _flush(session: Session, entity: Any) -> None:
    """Give the entity the id and version it will have; its row is locked then, which orders its events."""
    if entity in session.new or session.is_modified(entity):
        session.flush()


def _subject(entity: Any) -> str:
    return f"{entity.__tablename__.replace('_', '-')}/{entity.id}"


@orm_events.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    savepoint = session.get_nested_transaction()
    if savepoint is None:
        write_pending(session)
    elif entries := session.info.get(_PENDING):
        # A savepoint that is kept hands its events to what it stands in; only the outermost commit writes.
        outer = _savepoint_around(savepoint)
        session.info[_PENDING] = [
            (outer if inside is savepoint else inside, event, row) for inside, event, row in entries
        ]


@orm_events.listens_for(Session, "after_transaction_end")
def _after_transaction_end(session: Session, transaction: SessionTransaction) -> None:
    entries = session.info.get(_PENDING)
    if not entries:
        return
    if transaction.parent is None:
        del session.info[_PENDING]
    else:
        session.info[_PENDING] = [entry for entry in entries if entry[0] is not transaction]


def _savepoint_around(transaction: SessionTransaction) -> SessionTransaction | None:
    parent = transaction.parent
    while parent is not None and not parent.nested:
        parent = parent.parent
    return parent
