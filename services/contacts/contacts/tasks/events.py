"""What is told of tasks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import emit
from contacts.tasks.model import Task
from contacts.timeline import actions as timeline

_IDS = ("owner_id", "person_id", "lead_id", "deal_id", "series_id")


def tell(session: Session, type_: str, task: Task, more: dict[str, Any] | None = None) -> None:
    """Emit an event about a task: its state now, and `more`."""
    emit(session, type_, task, task_data(task) | (more or {}))


def tell_all(session: Session, type_: str, task: Task) -> None:
    """Emit it, and write it on the customer's timeline."""
    tell(session, type_, task)
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


def task_data(task: Task) -> dict[str, Any]:
    """A task as its events show it."""
    return {
        "task_id": str(task.id),
        "title": task.title,
        "state": task.state,
        "priority": task.priority,
        "due_at": task.due_at.isoformat(),
        "completed_at": task.completed_at.isoformat() if task.completed_at else None,
        "source": task.source,
    } | {name: _text(getattr(task, name)) for name in _IDS}


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ else None
