"""Routes of reps: read only, for users belong to the gateway; whom they report to is known here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from sales.reps import reporting, schema
from sales.reps.model import Rep

api = Api("reps", scope="sales", internal=True)
api.add(
    Resource(
        Rep,
        path="reps",
        read=schema.RepOut,
        filters=("team_id", "active", "takes_leads", "email"),
        sorts=("name",),
        default_sort="created_at",
    )
)


@api.get("/reps/<uuid:rep_id>/manager", returns=schema.ReportingOut, errors=(403, 404))
def manager(session: Session, rep_id: UUID) -> dict[str, Any]:
    """Whom a rep reports to, and the whole line above."""
    return reporting.show(session, rep_id)


@api.put(
    "/reps/<uuid:rep_id>/manager", body=schema.ManagerIn, returns=schema.ReportingOut, guarded=False, errors=(403, 404)
)
def set_manager(session: Session, rep_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Say whom a rep reports to."""
    return reporting.set_manager(session, rep_id, body["manager_id"])
