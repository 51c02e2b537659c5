"""Routes of commission."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from sales.commissions import actions, schema
from sales.commissions.model import CommissionAssignment, CommissionEntry, CommissionPlan, CommissionStatement

_STATEMENT = "/commission-statements/<uuid:statement_id>"

api = Api("commissions", scope="sales", internal=True)
api.add(
    Resource(
        CommissionPlan,
        path="commission-plans",
        read=schema.PlanOut,
        create=schema.PlanIn,
        update=schema.PlanPatch,
        filters=("basis", "period", "active"),
        on_create=actions.add_plan,
        on_update=actions.change_plan,
    )
)
api.add(
    Resource(
        CommissionAssignment,
        path="commission-assignments",
        read=schema.AssignmentOut,
        create=schema.AssignmentIn,
        update=schema.AssignmentPatch,
        filters=("plan_id", "owner_id", "team_id", "begins_on", "ends_on"),
        on_create=actions.assign,
        on_update=actions.change_assignment,
    )
)
api.add(
    Resource(
        CommissionEntry,
        path="commission-entries",
        read=schema.EntryOut,
        filters=("owner_id", "team_id", "plan_id", "deal_id", "kind", "earned_for", "booked_in", "created_at"),
        exported=True,
    )
)
api.add(
    Resource(
        CommissionStatement,
        path="commission-statements",
        read=schema.StatementOut,
        filters=("owner_id", "team_id", "plan_id", "begins_on", "status"),
        sorts=("begins_on",),
        exported=True,
    )
)


@api.post(f"{_STATEMENT}/approve", returns=schema.StatementOut, errors=(403, 404, 409))
def approve(session: Session, statement_id: UUID) -> CommissionStatement:
    """Close the statement of a period that is over."""
    return actions.approve(session, statement_id)


@api.post(f"{_STATEMENT}/pay", body=schema.PayIn, returns=schema.StatementOut, errors=(403, 404, 409))
def pay(session: Session, statement_id: UUID, body: dict[str, Any]) -> CommissionStatement:
    """Note that an approved statement was paid."""
    return actions.pay(session, statement_id, **body)


@api.post("/commissions/adjust", body=schema.AdjustIn, returns=schema.EntryOut, status=201, errors=(403,))
def adjust(session: Session, body: dict[str, Any]) -> CommissionEntry:
    """Enter what a rep is owed more or less, by hand."""
    return actions.adjust(session, **body)


@api.post("/commissions/recompute", body=schema.RecomputeIn, returns=schema.RecomputedOut, errors=(403,))
def recompute(session: Session, body: dict[str, Any]) -> dict[str, int]:
    """Work out a rep's period anew, and book what differs."""
    return actions.recompute(session, **body)
