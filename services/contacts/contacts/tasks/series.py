"""Tasks that come again and again.

One is open ahead. The next is made when its forerunner is done or cancelled, or when the forerunner's time has come,
whichever is first: so nobody sees a year of them, and each that was missed is on the overdue list. Whoever changes a
series or one of its tasks locks the series first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.errors import Invalid
from contacts.recurrence.rules import split, with_count
from contacts.recurrence.times import checked, following
from contacts.tasks import rules
from contacts.tasks.events import tell_all
from contacts.tasks.model import Task, TaskSeries
from contacts.tasks.reminding import arm

SERIES_PER_TICK = 200
# What a task has from its series, and hands to it when it is said of all that follow.
COMMON = (
    "title", "note", "priority", "remind_before", "escalate_after", "escalate_to", "person_id", "company_id",
    "lead_id", "deal_id", "owner_id", "team_id", "partner_id",
)  # fmt: skip


def begin(session: Session, task: Task, recurrence: dict[str, Any]) -> None:
    """Make a new task the first of a series. Invalid for a rule that is none, or not true of its due time."""
    rule = checked(recurrence["rule"], task.due_at, recurrence["time_zone"], "recurrence.rule")
    series = TaskSeries(rule=rule, starts_at=task.due_at, time_zone=recurrence["time_zone"], **_common(task))
    session.add(series)
    _expect(series, task.due_at)
    session.flush()
    task.series_id, task.occurrence_at = series.id, task.due_at


def lock_of(session: Session, task_id: UUID) -> TaskSeries | None:
    """The series of a task, locked; None for a task of its own. NotFound for a task out of reach."""
    series_id = load(session, Task, task_id).series_id
    return lock(session, series_id) if series_id else None


def lock(session: Session, series_id: UUID) -> TaskSeries:
    """The series, locked: its tasks are in reach, which says that it may be moved on."""
    statement = select(TaskSeries).where(TaskSeries.id == series_id).with_for_update()
    return session.scalars(statement, execution_options={"populate_existing": True}).one()


def go_on(session: Session, series: TaskSeries | None, task: Task) -> None:
    """A task was done or cancelled: make the next one, if it was the latest, or too many were open."""
    if series is None or series.state != "active" or series.next_at is None:
        return
    if series.make_at is None:
        series.next_at = _next(series, max(series.last_at, clock.now()))
        make_next(session, series)
    elif task.occurrence_at == series.last_at:
        make_next(session, series)


def make_due(session: Session, now: datetime) -> int:
    """Make the next tasks of the series whose time has come; the number of series."""
    due = session.scalars(
        select(TaskSeries)
        .where(TaskSeries.make_at <= now)
        .order_by(TaskSeries.make_at)
        .limit(SERIES_PER_TICK)
        .with_for_update(skip_locked=True)
    ).all()
    for series in due:
        make_next(session, series)
    return len(due)


def make_next(session: Session, series: TaskSeries) -> None:
    """Make the task that is to come, unless too many are open; a series that has no more to come ends."""
    due_at = series.next_at
    if due_at is None:
        series.state, series.make_at = "ended", None
        return
    mine = select(func.count()).select_from(Task).where(Task.series_id == series.id, Task.state == "open")
    if (session.scalar(mine) or 0) >= rules.MAX_OPEN:
        series.make_at = None
        return
    task = Task(source="user", due_at=due_at, series_id=series.id, occurrence_at=due_at, **_common(series))
    session.add(task)
    series.made += 1
    _expect(series, due_at)
    session.flush()
    arm(session, task)
    tell_all(session, "task.created", task)


def change_following(session: Session, task: Task, changes: dict[str, Any], recurrence: dict[str, Any] | None) -> None:
    """What was said of `task`, locked behind its series, holds for those that follow, too. With another due time or
    rule the series begins anew with this task: later ones that are open already are left where they are."""
    if task.series_id is None:
        return
    series = lock(session, task.series_id)
    rules.check_active(series.state)
    said = changes.keys() | ({"team_id"} if "owner_id" in changes else set())
    for name in said & set(COMMON):
        setattr(series, name, getattr(task, name))
    if recurrence is None and task.due_at == task.occurrence_at:
        return
    zone = (recurrence or {}).get("time_zone", series.time_zone)
    given = (recurrence or {}).get("rule")
    rule = given or with_count(series.rule, max(1, _left(series)))
    try:
        series.rule = checked(rule, task.due_at, zone, "rule")
    except Invalid as refusal:
        raise Invalid(
            "rule", refusal.errors[0].code, f"{refusal.detail} Give the rule that holds from now on."
        ) from None
    series.starts_at, series.time_zone, series.made = task.due_at, zone, 1
    task.occurrence_at = task.due_at
    _expect(series, task.due_at)


def end(session: Session, series: TaskSeries) -> None:
    """No more come."""
    rules.check_active(series.state)
    series.state, series.next_at, series.make_at = "cancelled", None, None
    session.flush()


def _left(series: TaskSeries) -> int:
    """How many of a rule's COUNT are left, with the latest."""
    return int(split(series.rule).get("COUNT", 0)) - series.made + 1


def _expect(series: TaskSeries, last: datetime) -> None:
    series.last_at, series.make_at = last, last
    series.next_at = _next(series, last)


def _next(series: TaskSeries, after: datetime) -> datetime | None:
    return following(series.rule, series.starts_at, series.time_zone, after)


def _common(source: Task | TaskSeries) -> dict[str, Any]:
    return {name: getattr(source, name) for name in COMMON}
