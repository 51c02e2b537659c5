"""Reminders before appointments start."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock
from contacts.calendar.events import tell
from contacts.calendar.model import Appointment, AppointmentReminder
from contacts.snoozes.model import Snooze
from contacts.snoozes.waiting import put_off
from contacts.tasks.rules import reminders

REMINDERS_PER_TICK = 500


def arm(session: Session, appointment: Appointment) -> None:
    """Set the reminders anew, by the start. What lies in the past is passed over."""
    disarm(session, appointment)
    found = reminders(appointment.starts_at, appointment.remind_before or (), clock.now())
    session.add_all(
        AppointmentReminder(appointment_id=appointment.id, minutes_before=minutes, at=at) for minutes, at in found
    )


def disarm(session: Session, appointment: Appointment) -> None:
    """Nobody is to be reminded of it any more."""
    session.execute(delete(AppointmentReminder).where(AppointmentReminder.appointment_id == appointment.id))


def remind(session: Session, now: datetime) -> int:
    """Send `appointment.reminder` for what it is time for, to those who have neither declined nor put it
    off; how many were due."""
    rows = session.execute(
        select(AppointmentReminder, Appointment)
        .join(Appointment, Appointment.id == AppointmentReminder.appointment_id)
        .where(AppointmentReminder.at <= now)
        .order_by(AppointmentReminder.at)
        .limit(REMINDERS_PER_TICK)
        .with_for_update(of=AppointmentReminder, skip_locked=True)
    ).all()
    later = put_off(session, Snooze.appointment_id, (one.id for _, one in rows), now)
    for reminder, appointment in rows:
        asked = [row.user_id for row in appointment.attendees if row.answer != "declined"]
        whom = [str(user_id) for user_id in asked if (appointment.id, user_id) not in later]
        if appointment.state == "scheduled" and whom:
            more = {"minutes_before": reminder.minutes_before, "remind_user_ids": whom}
            tell(session, "appointment.reminder", appointment, more)
        session.delete(reminder)
    session.flush()
    return len(rows)
