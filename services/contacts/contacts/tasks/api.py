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
from contacts.tasks import actions, due, schema
from contacts.tasks.model import Task, TaskSeries

api = Api("tasks", scope="contacts")
api.add(
    Resource(
        Task,
        path="tasks",
        read=schema.TaskOut,
        create=schema.TaskIn,
        update=schema.TaskPatch,
        filters=(
            "state", "priority", "owner_id", "team_id", "person_id", "company_id", "lead_id", "deal_id", "source",
            "series_id", "due_at", "completed_at", "created_at",
        ),
        lookups={"due": due.by_due},
        sorts=("due_at", "created_at"),
        default_sort="due_at",
        on_create=actions.plan,
        on_update=actions.change,
        exported=True,
    )
)  # fmt: skip

api.add(
    Resource(
        TaskSeries,
        path="task-series",
        read=schema.SeriesOut,
        filters=("state", "owner_id", "person_id", "company_id", "deal_id", "created_at"),
        sorts=("created_at",),
    )
)

_OVERDUE = ListSpec(Task, {"owner_id": (Task.owner_id, fields.Id()), "priority": (Task.priority, fields.String())},
                    ("due_at",), "due_at")  # fmt: skip


@api.get("/tasks/overdue", query=ListQuery, returns=schema.TaskOut, many=True, extra_query=(
    {"name": "owner_id", "field": fields.Id()}, {"name": "priority", "field": fields.String()},
))  # fmt: skip
def list_overdue(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """List open tasks whose time has passed, the oldest first; of one owner with `owner_id`."""
    overdue = select(Task).where(Task.state == "open", Task.due_at < clock.now())
    return _OVERDUE.page(visible(overdue, Task), query, session)


@api.get("/tasks/overdue/owners", returns=schema.OverdueOut, many=True)
def count_overdue(session: Session) -> list[dict[str, Any]]:
    """Count the overdue tasks of each owner."""
    return actions.overdue_by_owner(session)


@api.post("/tasks/complete", body=schema.BulkCompletionIn, returns=schema.BulkCompletedOut)
def complete_tasks(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Complete many tasks. What is not open, or out of reach, is passed over and named."""
    return actions.complete_many(session, body["ids"], body.get("outcome"))


@api.post("/tasks/<uuid:task_id>/following", body=schema.FollowingIn, returns=schema.TaskOut, errors=(404, 409))
def change_following(session: Session, task_id: UUID, body: dict[str, Any]) -> Task:
    """Change a task and all of its series that follow.

    `PATCH /tasks/{id}` changes this one only.
    """
    return actions.change_following(session, task_id, body)


@api.post("/task-series/<uuid:series_id>/cancel", returns=schema.SeriesOut, errors=(404, 409))
def cancel_series(session: Session, series_id: UUID) -> TaskSeries:
    """Cancel a series and its open tasks."""
    return actions.cancel_series(session, series_id)


@api.post("/tasks/<uuid:task_id>/complete", body=schema.CompletionIn, returns=schema.TaskOut)
def complete_task(session: Session, task_id: UUID, body: dict[str, Any]) -> Task:
    """Complete a task."""
    return actions.complete(session, task_id, **body)


@api.post("/tasks/<uuid:task_id>/cancel", returns=schema.TaskOut)
def cancel_task(session: Session, task_id: UUID) -> Task:
    """Cancel a task."""
    return actions.cancel(session, task_id)
