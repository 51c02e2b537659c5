"""What changes of deals and orders mean for commission."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.db.bulk import one_of
from chassis.events import Event
from sales.commissions.model import CommissionBase
from sales.commissions.settling import settle


def follow(session: Session, *events: Event) -> None:
    """Deals were won, opened again or split otherwise, or their orders were placed, paid, credited or cancelled: book
    what that changes. Those that are open and count for nobody are passed by."""
    known = {deal_id: event for event in events if (deal_id := event.optional_uuid("deal_id"))}
    over = {deal_id for deal_id, event in known.items() if event.data.get("stage_kind") in ("open", "lost")}
    counts = select(CommissionBase.deal_id).where(one_of(CommissionBase.deal_id, over)).distinct()
    passed = over - set(session.scalars(counts)) if over else set()
    noted = [f"credit note {event.data['number']}" for event in events if event.type == "credit_note.issued"]
    if settled := sorted(known.keys() - passed):
        settle(session, settled, noted[0] if noted else None)
