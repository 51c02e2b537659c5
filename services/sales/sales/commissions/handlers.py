"""What changes of deals and orders mean for commission."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.events import Event
from sales.commissions.model import CommissionBase
from sales.commissions.settling import settle


def follow(session: Session, event: Event) -> None:
    """A deal was won, opened again or split otherwise, or its order was placed, paid, credited or cancelled: book what
    that changes. A deal that is open and counts for nobody is passed by."""
    deal_id = event.optional_uuid("deal_id")
    if deal_id is None:
        return
    counts = select(CommissionBase.deal_id).where(CommissionBase.deal_id == deal_id).limit(1)
    if event.data.get("stage_kind") in ("open", "lost") and session.scalar(counts) is None:
        return
    noted = event.type == "credit_note.issued"
    settle(session, [deal_id], f"credit note {event.data['number']}" if noted else None)
