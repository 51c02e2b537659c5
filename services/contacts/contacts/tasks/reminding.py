"""What the clock says of open tasks: soon due, due, long overdue."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock
from contacts.snoozes.model import Snooze
from contacts.snoozes.waiting import put_off
from contacts.tasks import rules
from contacts.tasks.events import tell
from contacts.tasks.model import Task, TaskReminder

REMINDERS_PER_TICK = 500


def arm(session: Session, task: Task) -> None:
    """Set the reminders and the escalation of a task anew, by its due time. What lies in the past is passed over."""
    session.execute(delete(TaskReminder).where(TaskReminder.task_id == task.id))
    found = rules.reminders(task.due_at, task.remind_before or (), clock.now())
    session.add_all(TaskReminder(task_id=task.id, minutes_before=minutes, at=at) for minutes, at in found)
    after = task.escalate_after
    task.escalate_at = task.due_at + timedelta(minutes=after) if after is not None else None
    task.escalated_at = None
    session.flush()


def disarm(session: Session, task: Task) -> None:
    """Nobody is to be reminded of it any more."""
    session.execute(delete(TaskReminder).where(TaskReminder.task_id == task.id))


def remind(session: Session, now: datetime) -> int:
    """Send `task.reminder`, `task.due` and `task.escalated` for what it is time for; how many."""
    return _remind_before(session, now) + _tell_due(session, now) + _escalate(session, now)


def _remind_before(session: Session, now: datetime) -> int:
    rows = session.execute(
        select(TaskReminder, Task)
        .join(Task, Task.id == TaskReminder.task_id)
        .where(TaskReminder.at <= now)
        .order_by(TaskReminder.at)
        .limit(REMINDERS_PER_TICK)
        .with_for_update(of=TaskReminder, skip_locked=True)
    ).all()
    later = put_off(session, Snooze.task_id, (task.id for _, task in rows), now)
    for reminder, task in rows:
        if task.state == "open" and (task.id, task.owner_id) not in later:
            tell(session, "task.reminder", task, {"minutes_before": reminder.minutes_before})
        session.delete(reminder)
    session.flush()
    return len(rows)


def _tell_due(session: Session, now: datetime) -> int:
    due = session.scalars(
        select(Task)
        .where(Task.state == "open", Task.reminded_at.is_(None), Task.due_at <= now)
        .order_by(Task.due_at)
        .limit(REMINDERS_PER_TICK)
        .with_for_update(skip_locked=True)
    ).all()
    for task in due:
        task.reminded_at = now
    session.flush()
    for task in due:
        tell(session, "task.due", task)
    return len(due)


def _escalate(session: Session, now: datetime) -> int:
    """An escalated task is of high priority; whom it goes to is said in the event, its owner stays."""
    late = session.scalars(
        select(Task)
        .where(Task.state == "open", Task.escalated_at.is_(None), Task.escalate_at <= now)
        .order_by(Task.escalate_at)
        .limit(REMINDERS_PER_TICK)
        .with_for_update(skip_locked=True)
    ).all()
    for task in late:
        task.escalated_at, task.priority = now, "high"
    session.flush()
    for task in late:
        more = {name: str(value) if (value := getattr(task, name)) else None for name in ("escalate_to", "team_id")}
        tell(session, "task.escalated", task, more)
    return len(late)
