"""Use cases about tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load, visible
from chassis.errors import Invalid, NotFound
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.staff import actions as staff
from contacts.tasks import rules, series
from contacts.tasks.events import tell, tell_all
from contacts.tasks.model import Task, TaskSeries
from contacts.tasks.reminding import arm, disarm
from contacts.timeline import actions as timeline

_ARMED = ("due_at", "remind_before", "escalate_after")


def plan(session: Session, data: dict[str, Any]) -> Task:
    """A new task, by default for the actor; the first of a series with `recurrence`."""
    data = dict(data)
    recurrence = data.pop("recurrence", None)
    _check_about(session, data)
    owned = staff.ownership(session, data)
    task = Task(
        **{"source": "user", "priority": "normal", "remind_before": [], **data},
        owner_id=owned.owner_id, team_id=owned.team_id, partner_id=owned.partner_id,
    )  # fmt: skip
    if recurrence:
        series.begin(session, task, {"time_zone": staff.zone_of(session, actor().id)} | recurrence)
    session.add(task)
    session.flush()
    arm(session, task)
    tell_all(session, "task.created", task)
    return task


def change(session: Session, task: Task, changes: dict[str, Any]) -> Task:
    """Change an open task, and of a series this one only. Another due time is reminded of anew."""
    rules.check_open(task.state)
    _check_about(session, changes)
    before = task.owner_id
    if "owner_id" in changes:
        owned = staff.ownership(session, {"owner_id": changes["owner_id"], "partner_id": task.partner_id})
        changes = {**changes, "owner_id": owned.owner_id, "team_id": owned.team_id}
    if "due_at" in changes and changes["due_at"] != task.due_at:
        task.reminded_at = None
    for name, value in changes.items():
        setattr(task, name, value)
    session.flush()
    if set(_ARMED) & changes.keys():
        arm(session, task)
    if task.owner_id != before:
        tell(session, "task.assigned", task, {"from_owner_id": str(before) if before else None})
    timeline.retitle(session, task.id, "task.created", task.title, task.due_at)
    return task


def change_following(session: Session, task_id: UUID, changes: dict[str, Any]) -> Task:
    """Change an open task and all of its series that follow it. Conflict for one of no series."""
    changes = dict(changes)
    recurrence: dict[str, Any] = {name: changes.pop(name) for name in ("rule", "time_zone") if name in changes}
    rules.check_repeats(series.lock_of(session, task_id))
    task = change(session, load(session, Task, task_id, lock=True), changes)
    series.change_following(session, task, changes, recurrence or None)
    return task


def complete(session: Session, task_id: UUID, outcome: str | None = None) -> Task:
    """Done; of a series the next one is made. Conflict for a task that is not open."""
    found = series.lock_of(session, task_id)
    task = load(session, Task, task_id, lock=True)
    rules.check_open(task.state)
    task.outcome, task.completed_by = outcome, actor().id
    done(session, task)
    series.go_on(session, found, task)
    return task


def complete_many(session: Session, task_ids: Sequence[UUID], outcome: str | None = None) -> dict[str, Any]:
    """Complete what is open of many tasks: `completed` ids, and `passed` over with the reason. Twice is once."""
    known = visible(select(Task.id, Task.series_id).where(Task.id.in_(task_ids)), Task)
    for series_id in sorted({row.series_id for row in session.execute(known) if row.series_id}):
        series.lock(session, series_id)
    completed, passed = [], []
    for task_id in sorted(set(task_ids)):
        try:
            state = load(session, Task, task_id, lock=True).state
        except NotFound:
            passed.append({"id": task_id, "code": "not_found"})
            continue
        if state == "open":
            completed.append(complete(session, task_id, outcome).id)
        else:
            passed.append({"id": task_id, "code": f"task_{state}"})
    return {"completed": completed, "passed": passed}


def cancel(session: Session, task_id: UUID) -> Task:
    """Not to be done any more; of a series this one only. Conflict for a task that is not open."""
    found = series.lock_of(session, task_id)
    task = load(session, Task, task_id, lock=True)
    rules.check_open(task.state)
    cancelled(session, task)
    series.go_on(session, found, task)
    return task


def cancel_series(session: Session, series_id: UUID) -> TaskSeries:
    """No more come, and those that are open are cancelled. Conflict for a series that is not active."""
    found = load(session, TaskSeries, series_id, lock=True)
    series.end(session, found)
    mine = select(Task).where(Task.series_id == series_id, Task.state == "open").order_by(Task.id)
    for task in session.scalars(mine.with_for_update()):
        cancelled(session, task)
    return found


def done(session: Session, task: Task) -> Task:
    """Note that an open task, which is locked, is done."""
    task.state, task.completed_at = "done", clock.now()
    session.flush()
    disarm(session, task)
    tell_all(session, "task.completed", task)
    return task


def cancelled(session: Session, task: Task) -> Task:
    """Cancel an open task, which is locked."""
    task.state = "cancelled"
    session.flush()
    disarm(session, task)
    tell_all(session, "task.cancelled", task)
    return task


def overdue_by_owner(session: Session) -> list[dict[str, Any]]:
    """How many open tasks in reach are overdue, and since when, for each owner; the longest list first."""
    count = func.count()
    statement = select(Task.owner_id, count, func.min(Task.due_at)).where(
        Task.state == "open", Task.due_at < clock.now()
    )
    rows = session.execute(visible(statement, Task).group_by(Task.owner_id).order_by(count.desc(), Task.owner_id)).all()
    names = staff.names(session, (owner for owner, _, _ in rows if owner))
    return [
        {"owner_id": owner, "name": names.get(owner) if owner else None, "overdue": number, "oldest_due_at": oldest}
        for owner, number, oldest in rows
    ]


def _check_about(session: Session, data: dict[str, Any]) -> None:
    for field, model in (("person_id", Person), ("company_id", Company)):
        if data.get(field) is None:
            continue
        try:
            load(session, model, data[field])
        except NotFound:
            raise Invalid(field, "unknown_reference", "There is nobody with this id.") from None
    if data.get("escalate_to") is not None and not staff.active(session, [data["escalate_to"]]):
        raise Invalid("escalate_to", "unknown_reference", "There is no active user with this id.")
