"""Use cases about reminders that are put off, and the clock that sends them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Forbidden
from contacts.calendar import events as calendar_events
from contacts.calendar import rules as calendar_rules
from contacts.calendar.model import Appointment
from contacts.snoozes import rules
from contacts.snoozes.model import Snooze
from contacts.tasks import events as task_events
from contacts.tasks.model import Task
from contacts.tasks.rules import check_open

SENT_PER_TICK = 500


def snooze_task(session: Session, task_id: UUID, until: datetime) -> Snooze:
    """Remind the actor of an open task again, at `until`; the time that was said before does not count any more.
    Conflict for a task that is not open."""
    check_open(load(session, Task, task_id).state)
    return _put_off(session, "task_id", task_id, until)


def snooze_appointment(session: Session, appointment_id: UUID, until: datetime) -> Snooze:
    """The same of an appointment that the actor attends. Conflict for one that is cancelled, or of others."""
    appointment = load(session, Appointment, appointment_id)
    calendar_rules.check_scheduled(appointment.state)
    calendar_rules.check_attends(next((row for row in appointment.users if row.user_id == actor().id), None))
    return _put_off(session, "appointment_id", appointment_id, until)


def remind_again(session: Session, now: datetime) -> int:
    """Send `task.reminder` and `appointment.reminder` to those whose time has come; how many were due. Of what is done,
    cancelled or declined by then nobody is reminded."""
    due = session.scalars(
        select(Snooze)
        .where(Snooze.at <= now)
        .order_by(Snooze.at)
        .limit(SENT_PER_TICK)
        .with_for_update(skip_locked=True)
    ).all()
    for snooze in due:
        more: dict[str, Any] = {"remind_user_ids": [str(snooze.user_id)], "snoozed": True}
        task = session.get(Task, snooze.task_id) if snooze.task_id else None
        one = session.get(Appointment, snooze.appointment_id) if snooze.appointment_id else None
        if task is not None and task.state == "open":
            more |= {"minutes_before": rules.minutes_before(task.due_at, now)}
            task_events.tell(session, "task.reminder", task, more)
        if one is not None and one.state == "scheduled" and _attends(one, snooze.user_id):
            more |= {"minutes_before": rules.minutes_before(one.starts_at, now)}
            calendar_events.tell(session, "appointment.reminder", one, more)
        session.delete(snooze)
    session.flush()
    return len(due)


def _attends(appointment: Appointment, user_id: UUID) -> bool:
    return any(row.user_id == user_id and row.answer != "declined" for row in appointment.users)


def _put_off(session: Session, column: str, id_: UUID, until: datetime) -> Snooze:
    who = actor()
    if who.kind != "user" or who.id is None:
        raise Forbidden("Only a user is reminded.", "not_a_user")
    rules.check_until(until, clock.now())
    new = insert(Snooze).values({"user_id": who.id, column: id_, "at": until})
    kept = new.on_conflict_do_update(index_elements=[column, "user_id"], set_={"at": until}).returning(Snooze)
    return session.scalars(kept, execution_options={"populate_existing": True}).one()
