"""What deals hear."""

from __future__ import annotations

from sqlalchemy import case, func, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import Event
from sales.deals.model import Deal
from sales.leads.rules import CONTACT_CHANNELS
from sales.scoring.deals import DEALS
from sales.scoring.following import follow


def take_interaction(session: Session, event: Event) -> None:
    """Somebody talked about a deal: it is not silent any more. In whatever order such news comes, the last interaction
    is the latest; the deal's version stays, for nothing that people enter changes."""
    deal_id = event.optional_uuid("deal_id")
    if deal_id is None or event.data.get("channel") not in CONTACT_CHANNELS:
        return
    at, silent = min(event.instant("at"), clock.now()), Deal.stalled_because == "no_activity"
    values = {
        "last_interaction_at": func.greatest(Deal.last_interaction_at, at),
        "last_activity_at": func.greatest(Deal.last_activity_at, at),
        "stalled": case((silent, False), else_=Deal.stalled),
        "stalled_because": case((silent, None), else_=Deal.stalled_because),
        "updated_at": Deal.updated_at,
    }
    talked = update(Deal).where(Deal.id == deal_id).values(values)
    session.execute(talked, execution_options={"synchronize_session": False})
    follow(session, DEALS, [deal_id])
