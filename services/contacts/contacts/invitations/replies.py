"""An attendee answers by mail."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import Actor, acting_as
from chassis.errors import Conflict
from contacts.calendar import attending, guests
from contacts.calendar.model import Appointment, AppointmentSeries
from contacts.calendar_imports.model import ImportedEvent
from contacts.calendar_imports.rules import Reply, own_id
from contacts.invitations import rules
from contacts.points import actions as points
from contacts.points.normal import NotNormal, email_point
from contacts.staff import actions as staff


def take(session: Session, reply: Reply, sender: str) -> str:
    """Note what the sender answers. Conflict for what is no appointment of ours, or that they were not asked to."""
    said = rules.answer_of(sender, reply.guests)
    series_id, appointment_id = _meant(session, reply)
    user_id, person_id = staff.by_email(session, sender), person_of(session, sender)
    if user_id is not None:
        _of_colleague(session, user_id, series_id, appointment_id, said)
        return f"answered: {said}"
    at = min(reply.version[1], clock.now())
    heard = False
    if person_id is not None and appointment_id is not None:
        heard = guests.answered(session, appointment_id, person_id, said, at)
    elif person_id is not None and series_id is not None:
        heard = guests.answered_all(session, series_id, person_id, said, at)
    if not heard:
        raise Conflict("not_asked", "They were not asked to attend, or have answered since.")
    return f"answered: {said}"


def person_of(session: Session, address: str) -> UUID | None:
    """The person whose address it is."""
    try:
        key = email_point(address).key("")
    except NotNormal:
        return None
    return points.owners(session, [key]).get(key)


def _meant(session: Session, reply: Reply) -> tuple[UUID | None, UUID | None]:
    """The series and the appointment that it is about: all of a series (the appointment is None), or one of it, or one
    by itself. Conflict for what is none, or has another time by now."""
    series_id, appointment_id, sequence = _named(session, reply)
    if reply.version[0] < sequence:
        raise Conflict("out_of_date", "The answer is to an invitation that was changed since.")
    if series_id is not None and reply.recurrence_at is not None:
        mine = Appointment.series_id == series_id, Appointment.occurrence_at == reply.recurrence_at
        appointment_id = session.scalar(select(Appointment.id).where(*mine))
        if appointment_id is None:
            raise Conflict("not_planned", "The series has no such time.")
    return series_id, appointment_id


def _named(session: Session, reply: Reply) -> tuple[UUID | None, UUID | None, int]:
    """What has this UID: the series, the appointment, and the SEQUENCE of what was taken over."""
    own = own_id(reply.uid)
    if own is not None and session.get(AppointmentSeries, own) is not None:
        return own, None, 0
    if own is not None and session.get(Appointment, own) is not None:
        return None, own, 0
    row = ImportedEvent
    claim = session.scalars(select(row).where(row.uid == reply.uid, row.recurrence == "").limit(1)).one_or_none()
    if claim is None or (claim.series_id is None and claim.appointment_id is None):
        raise Conflict("unknown_event", "There is no such appointment.")
    return claim.series_id, claim.appointment_id, claim.sequence


def _of_colleague(
    session: Session, user_id: UUID, series_id: UUID | None, appointment_id: UUID | None, said: str
) -> None:
    following = appointment_id is None
    if appointment_id is None:
        to_come = (Appointment.series_id == series_id, Appointment.state == "scheduled")
        first = select(Appointment.id).where(*to_come, Appointment.ends_at > clock.now())
        appointment_id = session.scalar(first.order_by(Appointment.occurrence_at).limit(1))
    if appointment_id is None:
        raise Conflict("series_over", "Nothing of the series is to come.")
    with acting_as(Actor(user_id, "user", reach="all", name="mail")):
        attending.answer(session, appointment_id, said, force=True, following=following)
