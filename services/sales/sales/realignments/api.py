"""Routes of re-alignments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.http import Api, Resource
from chassis.jobs import Job, JobOut
from sales.realignments import actions, carrying_out, planning, schema  # noqa: F401 - the jobs are known by import
from sales.realignments.model import Move, Realignment

api = Api("realignments", scope="sales", internal=True)


def _of_all(model: type[Realignment] | type[Move]) -> Any:
    """Nothing, for who does not reach all records: a re-alignment tells of everybody's."""
    return model.id.is_not(None) if actor().reach == "all" else model.id.is_(None)


api.add(
    Resource(
        Realignment,
        path="realignments",
        read=schema.RealignmentOut,
        create=schema.RealignmentIn,
        update=schema.RealignmentPatch,
        filters=("name", "status", "created_by"),
        where=lambda: _of_all(Realignment),
        on_create=actions.create,
        on_update=actions.change,
        on_delete=actions.remove,
        exported=True,
    )
)
api.add(
    Resource(
        Move,
        path="realignment-moves",
        read=schema.MoveOut,
        filters=("realignment_id", "kind", "record_id", "from_owner", "to_owner", "to_territory", "state"),
        default_sort="id",
        where=lambda: _of_all(Move),
        exported=True,
    )
)


@api.post("/realignments/<uuid:realignment_id>/plan", returns=JobOut, status=202, errors=(404, 409))
def plan(session: Session, realignment_id: UUID) -> Job:
    """Plan what would move; nothing does yet."""
    return actions.plan(session, realignment_id)


@api.get("/realignments/<uuid:realignment_id>/preview", returns=schema.PreviewOut, errors=(404, 409))
def preview(session: Session, realignment_id: UUID) -> dict[str, Any]:
    """How many leads and deals move, of what value, from whom to whom; once it ran, what did."""
    return actions.preview(session, realignment_id)


@api.post("/realignments/<uuid:realignment_id>/run", returns=JobOut, status=202, errors=(404, 409))
def run(session: Session, realignment_id: UUID) -> Job:
    """Change the territories and move what was planned, as a job."""
    return actions.run(session, realignment_id)


@api.post("/realignments/<uuid:realignment_id>/undo", returns=JobOut, status=202, errors=(404, 409))
def undo(session: Session, realignment_id: UUID) -> Job:
    """Change the territories back, and move back what has not changed since, as a job."""
    return actions.undo(session, realignment_id)
