"""What customers who were asked to attend answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.calendar.events import tell
from contacts.calendar.model import Appointment, AppointmentSeries


def answered(session: Session, appointment_id: UUID, person_id: UUID, said: str, at: datetime) -> bool:
    """A customer attends, perhaps, or not: the word of `at`, unless a later one is known. Whether it was heard."""
    statement = select(Appointment).where(Appointment.id == appointment_id)
    one = session.scalars(statement.with_for_update(of=Appointment, key_share=True)).one()
    rows = [
        row for row in one.people if row.person_id == person_id and (row.answered_at is None or row.answered_at < at)
    ]
    if one.state != "scheduled" or not rows:
        return False
    changed = any(row.answer != said for row in rows)
    for row in rows:
        row.answer, row.answered_at = said, at
    if changed:
        one.touch()
        tell(session, "appointment.guest_answered", one, {"guest_person_id": str(person_id), "answer": said})
    session.flush()
    return True


def answered_all(session: Session, series_id: UUID, person_id: UUID, said: str, at: datetime) -> bool:
    """Likewise for all of a series that is planned, and still to be made."""
    series = session.get_one(AppointmentSeries, series_id, with_for_update={"of": AppointmentSeries})
    mine = select(Appointment.id).where(Appointment.series_id == series_id, Appointment.state == "scheduled")
    heard = [
        answered(session, one, person_id, said, at) for one in session.scalars(mine.order_by(Appointment.id)).all()
    ]
    for row in series.people:
        if row.person_id == person_id and any(heard):
            row.answer = said
    session.flush()
    return any(heard)
