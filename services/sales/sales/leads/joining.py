"""One person has one open lead, also when two people turn out to be one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from sales.leads.actions import close, open_lead_of
from sales.leads.events import tell
from sales.leads.history import Why
from sales.leads.model import Touch
from sales.leads.rules import MERGED
from sales.scoring.following import follow
from sales.scoring.leads import LEADS


def keep_one_open(session: Session, loser_id: UUID, survivor_id: UUID) -> None:
    """Where both have an open lead, the survivor's goes on and takes the touches of the other, which is closed."""
    if loser_id == survivor_id:
        return
    kept, other = open_lead_of(session, survivor_id), open_lead_of(session, loser_id)
    if kept is None or other is None:
        return
    session.execute(update(Touch).where(Touch.lead_id == other.id).values(lead_id=kept.id))
    kept.last_activity_at = max(kept.last_activity_at, other.last_activity_at)
    follow(session, LEADS, [kept.id])
    close(session, other, "lost", Why(MERGED, MERGED))
    tell(session, "lead.lost", other, reason=MERGED)
    session.flush()
