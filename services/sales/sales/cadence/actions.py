"""Plan the follow-ups of a lead, and take them back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import emit
from sales.cadence.model import FollowUp
from sales.cadence.rules import plan
from sales.leads.model import Lead
from sales.settings import settings


def plan_follow_ups(session: Session, lead: Lead, since: datetime) -> None:
    """Plan the steps of the cadence that are left for the lead's owner, counted from `since`."""
    steps = plan(settings().follow_up_days, lead.follow_step, since)
    follow_ups = [FollowUp(lead_id=lead.id, step=one.number, title=one.title, due_at=one.due_at) for one in steps]
    session.add_all(follow_ups)
    session.flush()
    for planned in follow_ups:
        emit(session, "followup.planned", lead, _data(lead, planned))


def end_follow_ups(session: Session, lead: Lead, *, done_by: UUID | None = None) -> None:
    """Take back what is planned. The next step is done rather than cancelled where an interaction was it."""
    for planned in outstanding(session, lead):
        planned.state, planned.ended_at = ("done" if done_by else "cancelled"), clock.now()
        planned.interaction_id, done_by = done_by, None
        ended = {"task_id": str(planned.id), "lead_id": str(lead.id), "state": planned.state}
        emit(session, "followup.cancelled", lead, ended)
    session.flush()


def outstanding(session: Session, lead: Lead) -> list[FollowUp]:
    """The steps that are still planned for a lead, next one first."""
    planned = select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")
    return list(session.scalars(planned.order_by(FollowUp.step)))


def _data(lead: Lead, planned: FollowUp) -> dict[str, object]:
    return {
        "task_id": str(planned.id),
        "lead_id": str(lead.id),
        "person_id": str(lead.person_id),
        "owner_id": str(lead.owner_id) if lead.owner_id else None,
        "title": planned.title,
        "due_at": planned.due_at.isoformat(),
        "step": planned.step,
    }
