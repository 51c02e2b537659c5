"""Routes of leads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Answer, Api, Resource
from sales.cadence.model import FollowUp
from sales.leads import actions, assignment, history, schema
from sales.leads.bulk import act_on_all
from sales.leads.conversion import Conversion, convert
from sales.leads.conversion_schema import ConversionOut, ConvertIn
from sales.leads.model import Lead, LeadChange, Touch
from sales.leads.qualification import qualify
from sales.leads.recycling import recycle_lead


def _create(session: Session, data: dict[str, Any]) -> Answer:
    lead, new = actions.create_lead(session, data)
    return Answer(lead, 201 if new else 200)


api = Api("leads", scope="sales")
api.add(
    Resource(
        Lead,
        path="leads",
        read=schema.LeadOut,
        create=schema.LeadIn,
        update=schema.LeadPatch,
        filters=(
            "status", "owner_id", "team_id", "person_id", "company_id", "source", "campaign_id", "territory",
            "territory_id", "pool_id", "protected", "score", "country", "last_activity_at", "created_at",
            "qualification_score", "reason_id", "last_source", "recycled", "product", "language",
        ),
        sorts=("score",),
        on_create=_create,
        create_also=(200,),
        on_update=actions.change_lead,
        exported=True,
    )
)  # fmt: skip


@api.post("/leads/assign", body=schema.AssignWaitingIn, returns=schema.LeadOut, many=True, internal=True)
def assign_waiting(session: Session, body: dict[str, Any]) -> list[Lead]:
    """Assign the leads that have no owner; the answer lists those that got one."""
    return assignment.assign_waiting(session, **body)


@api.post("/leads/<uuid:lead_id>/assign", body=schema.AssignIn, returns=schema.LeadOut, errors=(409,), internal=True)
def assign(session: Session, lead_id: UUID, body: dict[str, Any]) -> Lead:
    """Assign a lead, to somebody or by the rules."""
    return assignment.assign_lead(session, lead_id, **body)


@api.post("/leads/<uuid:lead_id>/convert", body=ConvertIn, returns=ConversionOut, errors=(409,))
def convert_lead(session: Session, lead_id: UUID, body: dict[str, Any]) -> Conversion:
    """Make a deal of a lead, once; repeated, the answer is the same deal."""
    preview = body.pop("preview") or body.pop("dry_run")
    return convert(session, lead_id, dry_run=preview, **{n: v for n, v in body.items() if n != "dry_run"})


@api.post("/leads/<uuid:lead_id>/lose", body=schema.ReasonIn, returns=schema.LeadOut, errors=(409,))
def lose(session: Session, lead_id: UUID, body: dict[str, Any]) -> Lead:
    """Close a lead without a deal; a loss needs a reason."""
    return actions.lose_lead(session, lead_id, **body)


@api.post("/leads/<uuid:lead_id>/shelve", body=schema.ReasonIn, returns=schema.LeadOut, errors=(409,))
def shelve(session: Session, lead_id: UUID, body: dict[str, Any]) -> Lead:
    """Put a lead aside."""
    return actions.shelve_lead(session, lead_id, **body)


@api.post("/leads/<uuid:lead_id>/reopen", returns=schema.LeadOut, errors=(409,))
def reopen(session: Session, lead_id: UUID) -> Lead:
    """Take up a shelved or dormant lead again."""
    return actions.reopen_lead(session, lead_id)


@api.post("/leads/<uuid:lead_id>/recycle", returns=schema.LeadOut, errors=(409,))
def recycle(session: Session, lead_id: UUID) -> Lead:
    """Put a dormant, shelved or lost lead back into the queue, without an owner."""
    return recycle_lead(session, lead_id)


@api.post("/leads/<uuid:lead_id>/qualify", body=schema.QualifyIn, returns=schema.LeadOut, errors=(409,), internal=True)
def note_qualification(session: Session, lead_id: UUID, body: dict[str, Any]) -> Lead:
    """Note need, budget, authority and timing, as far as they are known."""
    return qualify(session, lead_id, body)


@api.post("/leads/bulk", body=schema.BulkIn, returns=schema.BulkOut, many=True)
def act(session: Session, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Assign, shelve, lose, reopen or recycle many leads; each is done or refused for itself."""
    return act_on_all(session, **body)


@api.get("/leads/<uuid:lead_id>/history", returns=schema.ChangeOut, many=True)
def show_history(session: Session, lead_id: UUID) -> list[LeadChange]:
    """What a lead became, when, by whom and why."""
    return history.changes_of(session, lead_id)


@api.get("/leads/<uuid:lead_id>/touches", returns=schema.TouchOut, many=True)
def show_touches(session: Session, lead_id: UUID) -> list[Touch]:
    """The forms that brought the lead in, first to last."""
    return history.touches_of(session, lead_id)


@api.get("/leads/<uuid:lead_id>/follow-ups", returns=schema.FollowUpOut, many=True)
def follow_ups(session: Session, lead_id: UUID) -> list[FollowUp]:
    """The follow-ups planned for a lead, and those done or taken back."""
    load(session, Lead, lead_id)
    planned = select(FollowUp).where(FollowUp.lead_id == lead_id)
    return list(session.scalars(planned.order_by(FollowUp.due_at, FollowUp.id)))
