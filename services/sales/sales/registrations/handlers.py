"""What registrations hear."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.events import Event
from sales.deals.model import Deal
from sales.registrations.actions import end
from sales.registrations.events import tell
from sales.registrations.model import Registration


def deal_closed(session: Session, event: Event) -> None:
    """`deal.won`, `deal.lost`: the deal of a registration is closed, which ends it. What counts is how the deal stands
    now: it may have been opened again since."""
    deal = session.get(Deal, event.uuid("deal_id"), with_for_update={"read": True})
    if deal is None or deal.status == "open":
        return
    mine = select(Registration).where(Registration.deal_id == deal.id, Registration.status == "approved")
    for registration in session.scalars(mine.with_for_update(of=Registration, key_share=True)):
        end(session, registration, deal.status)
        tell(session, "registration.closed", registration)
