"""The routes of tasks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import visible
from chassis.http import Api, Resource
from chassis.http.lists import ListSpec
from chassis.http.resource import ListQuery
from chassis.schema import fields
from contacts.tasks import actions
from contacts.tasks.model import Task
from contacts.tasks.schema import CompletionIn, TaskIn, TaskOut, TaskPatch

api = Api("tasks", scope="contacts")
api.add(
    Resource(
        Task,
        path="tasks",
        read=TaskOut,
        create=TaskIn,
        update=TaskPatch,
        filters=(
            "state", "priority", "owner_id", "team_id", "person_id", "company_id", "lead_id", "deal_id", "source",
            "due_at", "completed_at", "created_at",
        ),
        sorts=("due_at", "created_at"),
        default_sort="due_at",
        on_create=actions.plan,
        on_update=actions.change,
        exported=True,
    )
)  # fmt: skip

_OVERDUE = ListSpec(Task, {"owner_id": (Task.owner_id, fields.Id()), "priority": (Task.priority, fields.String())},
                    ("due_at",), "due_at")  # fmt: skip


@api.get("/tasks/overdue", query=ListQuery, returns=TaskOut, many=True, extra_query=(
    {"name": "owner_id", "field": fields.Id()}, {"name": "priority", "field": fields.String()},
))  # fmt: skip
def list_overdue(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """List open tasks whose time has passed, the oldest first; of one owner with `owner_id`."""
    overdue = select(Task).where(Task.state == "open", Task.due_at < clock.now())
    return _OVERDUE.page(visible(overdue, Task), query, session)


@api.post("/tasks/<uuid:task_id>/complete", body=CompletionIn, returns=TaskOut)
def complete_task(session: Session, task_id: UUID, body: dict[str, Any]) -> Task:
    """Complete a task."""
    return actions.complete(session, task_id, **body)


@api.post("/tasks/<uuid:task_id>/cancel", returns=TaskOut)
def cancel_task(session: Session, task_id: UUID) -> Task:
    """Cancel a task."""
    return actions.cancel(session, task_id)
