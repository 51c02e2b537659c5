"""Use cases about tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Invalid, NotFound
from chassis.events import Event, emit
from contacts.companies.model import Company
from contacts.people.actions import known
from contacts.people.model import Person
from contacts.staff.actions import ownership, team_of
from contacts.tasks.model import CancelledTask, Task
from contacts.tasks.rules import check_open
from contacts.timeline import actions as timeline

REMINDERS_PER_TICK = 500


def plan(session: Session, data: dict[str, Any]) -> Task:
    """A new task, by default for the actor."""
    data = dict(data)
    _check_about(session, data)
    owned = ownership(session, data)
    task = Task(
        **{"source": "user", **data}, owner_id=owned.owner_id, team_id=owned.team_id, partner_id=owned.partner_id
    )
    session.add(task)
    session.flush()
    _tell(session, "task.created", task)
    return task


def change(session: Session, task: Task, changes: dict[str, Any]) -> Task:
    """Change an open task. Another due time is reminded of anew."""
    check_open(task.state)
    _check_about(session, changes)
    if "owner_id" in changes:
        owned = ownership(session, {"owner_id": changes["owner_id"], "partner_id": task.partner_id})
        changes = {**changes, "owner_id": owned.owner_id, "team_id": owned.team_id}
    if "due_at" in changes and changes["due_at"] != task.due_at:
        task.reminded_at = None
    for name, value in changes.items():
        setattr(task, name, value)
    session.flush()
    timeline.retitle(session, task.id, "task.created", task.title, task.due_at)
    return task


def complete(session: Session, task_id: UUID, outcome: str | None = None) -> Task:
    """Done. Conflict for a task that is not open."""
    task = load(session, Task, task_id, lock=True)
    check_open(task.state)
    task.state, task.outcome = "done", outcome
    task.completed_at, task.completed_by = clock.now(), actor().id
    session.flush()
    _tell(session, "task.completed", task)
    return task


def cancel(session: Session, task_id: UUID) -> Task:
    """Not to be done any more. Conflict for a task that is not open."""
    task = load(session, Task, task_id, lock=True)
    check_open(task.state)
    return _cancelled(session, task)


def take_followup(session: Session, event: Event) -> None:
    """`followup.planned`: make the task that sales planned, under the id that sales chose. Planned twice is once;
    cancelled before it was heard of stays cancelled."""
    task_id = UUID(event.data["task_id"])
    if session.get(Task, task_id) or session.get(CancelledTask, task_id):
        return
    owner = event.data.get("owner_id")
    owner_id = UUID(owner) if owner else None
    person = known(session, event.data.get("person_id"))
    task = Task(
        id=task_id,
        title=event.data["title"],
        due_at=datetime.fromisoformat(event.data["due_at"]),
        owner_id=owner_id,
        team_id=team_of(session, owner_id),
        person_id=person.id if person else None,
        lead_id=UUID(event.data["lead_id"]),
        source="followup",
    )
    session.add(task)
    session.flush()
    _tell(session, "task.created", task)


def drop_followup(session: Session, event: Event) -> None:
    """`followup.cancelled`: cancel the task if it is open, or remember it where it has not come yet."""
    task_id = UUID(event.data["task_id"])
    task = session.scalar(select(Task).where(Task.id == task_id).with_for_update())
    if task is None:
        session.execute(insert(CancelledTask).values(task_id=task_id).on_conflict_do_nothing())
    elif task.state == "open":
        _cancelled(session, task)


def remind(session: Session, now: datetime) -> int:
    """Send `task.due` for what is due and was not reminded of yet; the number of reminders."""
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
        emit(session, "task.due", task, _data(task))
    return len(due)


def _cancelled(session: Session, task: Task) -> Task:
    task.state = "cancelled"
    session.flush()
    _tell(session, "task.cancelled", task)
    return task


def _check_about(session: Session, data: dict[str, Any]) -> None:
    for field, model in (("person_id", Person), ("company_id", Company)):
        if data.get(field) is None:
            continue
        try:
            load(session, model, data[field])
        except NotFound:
            raise Invalid(field, "unknown_reference", "There is nobody with this id.") from None


def _tell(session: Session, type_: str, task: Task) -> None:
    emit(session, type_, task, _data(task))
    timeline.record(
        session,
        task.id,
        type_,
        task.title,
        at=task.completed_at or (task.due_at if task.state == "open" else clock.now()),
        person_id=task.person_id,
        company_id=task.company_id,
        data={"state": task.state, "due_at": task.due_at.isoformat(), "lead_id": _text(task.lead_id)},
        actor_id=task.completed_by or task.owner_id,
    )


def _data(task: Task) -> dict[str, Any]:
    ids = ("owner_id", "person_id", "lead_id", "deal_id")
    return {
        "task_id": str(task.id),
        "title": task.title,
        "state": task.state,
        "priority": task.priority,
        "due_at": task.due_at.isoformat(),
        "completed_at": task.completed_at.isoformat() if task.completed_at else None,
        "source": task.source,
    } | {name: _text(getattr(task, name)) for name in ids}


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ else None
