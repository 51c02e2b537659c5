"""Every change of a lead's status, and who made it why."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.db.bulk import put_rows
from chassis.ids import uuid7
from sales.leads import rules
from sales.leads.model import Lead, LeadChange, Touch
from sales.pools.actions import lead_with_history


class Why(NamedTuple):
    """Why a lead changes: a `cause` in a word; `reason` in the words of who does it; `recycle_days`: after how many it
    is to come back into the queue."""

    cause: str
    reason: str | None = None
    reason_id: UUID | None = None
    recycle_days: int | None = None


def enter(session: Session, lead: Lead, status: str, why: Why) -> None:
    """Put the locked lead into `status` and remember it. Conflict where it cannot become that."""
    before, lead.status = lead.status, rules.move(lead.status, status)
    lead.reason, lead.reason_id, lead.recycle_at = why.reason, why.reason_id, None
    if why.recycle_days:
        lead.recycle_at = clock.now() + timedelta(days=why.recycle_days)
    if before != status:
        note(session, lead, before, why)


def note(session: Session, lead: Lead, before: str | None, why: Why) -> None:
    """Remember that the lead, which is in the database, became what it is."""
    change = {
        "id": uuid7(), "lead_id": lead.id, "at": clock.now(), "from_status": before, "to_status": lead.status,
        "cause": why.cause, "reason": why.reason, "reason_id": why.reason_id, "owner_id": lead.owner_id,
        "by": actor().id,
    }  # fmt: skip
    put_rows(session, LeadChange, [change])


def changes_of(session: Session, lead_id: UUID) -> list[LeadChange]:
    """What a lead within reach became, first to last; of a pooled one also for the managers of the pool's teams."""
    lead_with_history(session, lead_id)
    changes = select(LeadChange).where(LeadChange.lead_id == lead_id)
    return list(session.scalars(changes.order_by(LeadChange.at, LeadChange.id)))


def touches_of(session: Session, lead_id: UUID) -> list[Touch]:
    """The forms that brought a lead within reach in, first to last."""
    load(session, Lead, lead_id)
    touches = select(Touch).where(Touch.lead_id == lead_id)
    return list(session.scalars(touches.order_by(Touch.at, Touch.submission_id)))
