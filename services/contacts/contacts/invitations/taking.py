"""What an invitation in a mail comes to. Whoever wrote it is not to be trusted: it may be broken or made up, and moves
only what its sender has to do with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from chassis.access import SYSTEM, Actor, acting_as
from chassis.errors import Conflict, Forbidden, Invalid, Refusal
from contacts.calendar.model import Appointment, AppointmentSeries
from contacts.calendar_imports import cancels, reading
from contacts.calendar_imports import taking as imported
from contacts.calendar_imports.model import ImportedEvent
from contacts.calendar_imports.rules import BY_MAIL, Event, own_id
from contacts.invitations import replies, rules
from contacts.people.model import Person
from contacts.staff import actions as staff

_BROKEN = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RecursionError,
    DataError,
    IntegrityError,
)


def take(session: Session, text: str, sender: str, person_ids: Sequence[UUID]) -> str:
    """Do what the invitation in a mail from `sender` says: who was invited has an appointment with the organizer, which
    changes and is cancelled with it; a REPLY is the answer of who sends it. What became of it, in words; nothing that
    it says makes this fail. `person_ids` are the people whose mail it is, the first one first."""
    try:
        with session.begin_nested(), acting_as(SYSTEM):
            return rules.in_words(_take(session, text, sender, person_ids))
    except Refusal as refusal:
        return f"not taken: {refusal.errors[0].code if refusal.errors else refusal.code}"
    except _BROKEN:
        return "not taken: unreadable"


def _take(session: Session, text: str, sender: str, person_ids: Sequence[UUID]) -> list[str]:
    rules.check_size(text)
    found = reading.components(text.encode())
    rules.check_one([reading.uid_of(component) for component, _ in found], len(found))
    if reading.method_of(found[0][1]) == "REPLY":
        return [
            replies.take(session, reading.read_answer(one, staff.zone_of(session, None)), sender) for one, _ in found
        ]
    host: UUID | None = None
    outcomes = []
    for component, calendar in found:
        event = reading.read(component, calendar, None, staff.zone_of(session, host))
        rules.check_organizer(sender, event.organizer)
        heard = cancels.hear(session, event, BY_MAIL)
        if heard is None:
            outcomes.append("unchanged")
            continue
        if host is None:
            host = _host(session, heard, sender, person_ids)
            at_home = reading.read(component, calendar, None, staff.zone_of(session, host))
            heard = replace(at_home, guests=heard.guests)
        outcomes.append(_plan(session, heard, host, sender, next(iter(person_ids), None)))
    return outcomes


def _host(session: Session, event: Event, sender: str, person_ids: Sequence[UUID]) -> UUID:
    """In whose calendar it stands: where it does already, else the colleague's who organizes it, the first one's who is
    invited, or the owner's of the customer. Invalid where there is nobody."""
    known = session.scalar(
        select(ImportedEvent.user_id).where(ImportedEvent.uid == event.uid, ImportedEvent.recurrence == "").limit(1)
    )
    if known is not None:
        _check_involved(session, event, known, sender)
        return known
    owners = session.scalars(select(Person.owner_id).where(Person.id.in_(person_ids))).all()
    invited = [staff.by_email(session, at) for at in (sender, *(guest.address for guest in event.guests))]
    wanted = [user_id for user_id in [*invited, *owners] if user_id]
    working = staff.active(session, wanted)
    for user_id in wanted:
        if user_id in working:
            return user_id
    raise Invalid("attendee", "nobody_invited", "None of us is invited.")


def _check_involved(session: Session, event: Event, host: UUID, sender: str) -> None:
    """Forbidden for a sender who has nothing to do with what they want to change: a UID can be guessed, or seen."""
    claim = session.get_one(ImportedEvent, (host, event.uid, ""))
    if claim.series_id is None and claim.appointment_id is None:
        return
    model: Any = AppointmentSeries if claim.series_id else Appointment
    one = session.get(model, claim.series_id or claim.appointment_id)
    if one is None or staff.by_email(session, sender) in {one.owner_id, *one.user_ids}:
        return
    if replies.person_of(session, sender) not in {one.person_id, *one.person_ids} - {None}:
        raise Forbidden("The mail is not from who asked for this appointment.", "not_the_organizer")


def _plan(session: Session, event: Event, host: UUID, sender: str, about: UUID | None) -> str:
    """Nobody is there to be asked, so it is planned also where the time is taken. A colleague who organizes it attends,
    everybody else is asked."""
    who = Actor(host, "user", reach="all", name="mail") if staff.by_email(session, sender) == host else SYSTEM
    with acting_as(who):
        if own_id(event.uid) is not None:
            return "unchanged"
        try:
            with session.begin_nested():
                return imported.take(session, event, host, force=False, about=about, scope=BY_MAIL)
        except Conflict as conflict:
            if conflict.code != "appointment_conflict":
                raise
            return imported.take(session, event, host, force=True, about=about, scope=BY_MAIL)
