"""The way in: an event is handled in one transaction with the note that it was, or not at all.

    begin -> insert (consumer, source, id) -> there already: skip -> handler -> commit

The broker delivers at least once; this makes it exactly once as far as the database is concerned.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.access import SYSTEM
from chassis.context import Context, running
from chassis.db import Database
from chassis.db.sending import ask
from chassis.events.envelope import Event
from chassis.privacy.erased import among, hold_still, is_erasure, people_of, person_ids_of, without_people
from chassis.trace import child_of

Handler = Callable[[Event, Session], None]

# The order of the rows is the same for all, so that two workers with the same events do not wait in a circle.
_NOTE = text(
    """
    INSERT INTO inbox (consumer, source, event_id)
    SELECT CAST(:consumer AS text), e.source, e.id
    FROM unnest(CAST(:sources AS text[]), CAST(:ids AS uuid[])) AS e (source, id)
    ORDER BY e.source, e.id
    ON CONFLICT DO NOTHING
    RETURNING source, event_id
    """
)


def process_once(database: Database, consumer: str, event: Event, handler: Handler) -> bool:
    """Call `handler(event, session)` in a transaction, unless this consumer has handled the event before.

    Returns whether it was called. Raises what the handler raises; nothing of it is kept then.
    """
    return process_batch(database, consumer, [(event, handler)]) == 1


def process_batch(database: Database, consumer: str, deliveries: Sequence[tuple[Event, Handler]]) -> int:
    """The same for several events, in order, in ONE transaction; how many were new. All are kept, or none."""

    def work(session: Session) -> int:
        new = _note(session, consumer, [event for event, _ in deliveries])
        handled, erased = 0, _erased(session, [event for event, _ in deliveries])
        for event, handler in deliveries:
            if (event.source, event.id) in new:
                new.discard((event.source, event.id))  # the same event may stand twice in a batch
                with running(_context_of(event)):
                    handler(_nameless(event, erased), session)
                handled += 1
            if is_erasure(event):
                erased.update(people_of(event))
        return handled

    return database.run(work)


def _note(session: Session, consumer: str, events: Sequence[Event]) -> set[tuple[str, UUID]]:
    values = {"consumer": consumer, "sources": [e.source for e in events], "ids": [e.id for e in events]}
    return {(source, id_) for source, id_ in ask(session, _NOTE, values)}


def _erased(session: Session, events: Sequence[Event]) -> set[UUID]:
    """The people of these events who were erased: what is told of them late names them no more."""
    ids = [id_ for event in events if event.personal for id_ in person_ids_of(event)]
    if not ids or any(is_erasure(event) for event in events):
        return among(session, ids)
    hold_still(session)
    return among(session, ids)


def _nameless(event: Event, erased: set[UUID]) -> Event:
    if not erased or not event.personal or erased.isdisjoint(people_of(event)):
        return event
    return replace(event, data=without_people(event.data, erased))


def _context_of(event: Event) -> Context:
    """What a handler emits is caused by the event that it hears, and is a step of the same trace."""
    return Context(
        actor=SYSTEM,
        traceparent=child_of(event.traceparent),
        correlation_id=event.correlationid or str(event.id),
        causation_id=str(event.id),
    )
