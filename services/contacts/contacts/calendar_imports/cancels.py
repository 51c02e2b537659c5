"""What an organizer has called off counts also where the invitation comes later (RFC 5546, 2.1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contacts.calendar_imports.model import CalledOff
from contacts.calendar_imports.rules import BY_MAIL, Event, concerns, mark_of


def hear(session: Session, event: Event, scope: UUID) -> Event | None:
    """The event for those who are still invited; None where it was called off since it was written. Nobody else hears
    of this UID until the transaction ends: of an invitation and its CANCEL at once, one sees what the other did."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"contacts.invited:{event.uid}", 0))))
    if event.cancelled:
        return event
    off = {row.attendee for row in since(session, event, scope) if concerns(row.recurrence, event)}
    invited = event.invited
    if "" in off or (invited and invited.keys() <= off):
        return None
    gone = {invited[mark].address for mark in off & invited.keys()}
    return replace(event, guests=[one for one in event.guests if one.address not in gone])


def keep(session: Session, event: Event, scope: UUID, attendees: Iterable[str]) -> None:
    """Keep that it is called off for those with these marks; empty: for everybody. The latest word counts."""
    sequence, stamped_at = event.version
    key = {"scope": scope, "uid": event.uid, "recurrence": event.recurrence}
    said = {"organizer": mark_of(event.uid, event.organizer), "sequence": sequence, "stamped_at": stamped_at}
    new = insert(CalledOff).values([key | said | {"attendee": attendee} for attendee in sorted(attendees)])
    row = CalledOff
    later = tuple_(row.sequence, row.stamped_at) < tuple_(new.excluded.sequence, new.excluded.stamped_at)
    values = {"sequence": new.excluded.sequence, "stamped_at": new.excluded.stamped_at}
    session.execute(new.on_conflict_do_update(constraint=row.__table__.primary_key, set_=values, where=later))


def since(session: Session, event: Event, scope: UUID) -> Sequence[CalledOff]:
    """What its organizer has called off of the event, or of any time of it, since this version; in order."""
    row = CalledOff
    mine = row.scope.in_({scope, BY_MAIL}), row.uid == event.uid, row.organizer == mark_of(event.uid, event.organizer)
    later = tuple_(row.sequence, row.stamped_at) > event.version
    return session.scalars(select(row).where(*mine, later).order_by(row.recurrence, row.attendee)).all()
