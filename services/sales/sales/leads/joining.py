"""One person has one open lead, and one of each partner who follows them, also when two people turn out to be one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from sales.leads.actions import close, open_leads_of
from sales.leads.events import tell
from sales.leads.history import Why
from sales.leads.model import Lead, Touch
from sales.leads.rules import MERGED
from sales.scoring.following import follow
from sales.scoring.leads import LEADS


def keep_one_open(session: Session, loser_id: UUID, survivor_id: UUID) -> None:
    """Where both have an open lead of the house, or of the same partner, the survivor's goes on and takes the touches
    of the other, which is closed. What the house and partners follow goes on side by side: a partner whose lead was
    closed, because the house follows the customer, would learn of that."""
    if loser_id == survivor_id:
        return
    kept = open_leads_of(session, survivor_id)
    for partner_id, other in open_leads_of(session, loser_id).items():
        if partner_id in kept:
            _join(session, kept[partner_id], other)


def _join(session: Session, kept: Lead, other: Lead) -> None:
    session.execute(update(Touch).where(Touch.lead_id == other.id).values(lead_id=kept.id))
    kept.last_activity_at = max(kept.last_activity_at, other.last_activity_at)
    follow(session, LEADS, [kept.id])
    close(session, other, "lost", Why(MERGED, MERGED))
    tell(session, "lead.lost", other, reason=MERGED)
    session.flush()
