"""The tasks that sales plans."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events import Event
from contacts.people.actions import known
from contacts.staff.actions import team_of
from contacts.tasks.actions import cancelled
from contacts.tasks.events import tell_all
from contacts.tasks.model import CancelledTask, Task


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
    tell_all(session, "task.created", task)


def drop_followup(session: Session, event: Event) -> None:
    """`followup.cancelled`: cancel the task if it is open, or remember it where it has not come yet."""
    task_id = UUID(event.data["task_id"])
    task = session.scalar(select(Task).where(Task.id == task_id).with_for_update())
    if task is None:
        session.execute(insert(CancelledTask).values(task_id=task_id).on_conflict_do_nothing())
    elif task.state == "open":
        cancelled(session, task)
