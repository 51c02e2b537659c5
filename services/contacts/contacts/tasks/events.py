"""What is told of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import emit, emit_together
from contacts.tasks.model import Task
from contacts.timeline import actions as timeline

# A task that no session holds, by the names of its columns: many are written without an object for each.
Row = SimpleNamespace
_IDS = ("owner_id", "person_id", "lead_id", "deal_id", "series_id")


def tell(session: Session, type_: str, task: Task, more: dict[str, Any] | None = None) -> None:
    """Emit an event about a task: its state now, and `more`."""
    emit(session, type_, task, task_data(task) | (more or {}))


def tell_all(session: Session, type_: str, task: Task) -> None:
    """Emit it, and write it on the customer's timeline."""
    tell(session, type_, task)
    timeline.record_all(session, [_entry(type_, task)])


def tell_made(session: Session, task: Row) -> None:
    """`tell_all` that a task was made, of one that no session holds."""
    emit(session, "task.created", None, task_data(task), subject=f"tasks/{task.id}", sequence=task.version)
    timeline.record_all(session, [_entry("task.created", task)])


def tell_together(session: Session, what: str, tasks: Sequence[Task | Row]) -> None:
    """Tell of what became of many tasks (`created`, `cancelled`) by the hundred, and write each on its customer's
    timeline."""
    emit_together(session, f"tasks.{what}", "tasks", [task_data(task) | {"sequence": task.version} for task in tasks])
    timeline.record_all(session, [_entry(f"task.{what}", task) for task in tasks])


def task_data(task: Task | Row) -> dict[str, Any]:
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


def _entry(type_: str, task: Task | Row) -> timeline.Entry:
    return timeline.entry(
        task.id,
        type_,
        task.title,
        at=task.completed_at or (task.due_at if task.state == "open" else clock.now()),
        person_id=task.person_id,
        company_id=task.company_id,
        data={"state": task.state, "due_at": task.due_at.isoformat(), "lead_id": _text(task.lead_id)},
        actor_id=task.completed_by or task.owner_id,
    )


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ else None
