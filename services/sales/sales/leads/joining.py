"""One person has one open lead, and one of each partner who follows them, also when two people turn out to be one."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from sales.cadence.actions import plan_follow_ups
from sales.customers.model import Person
from sales.leads.actions import close, open_leads_of
from sales.leads.events import tell
from sales.leads.history import Why, note
from sales.leads.model import Lead, LeadChange, Touch
from sales.leads.rules import MERGED, WORKED
from sales.scoring.following import follow
from sales.scoring.leads import LEADS


def keep_one_open(session: Session, loser_id: UUID, survivor_id: UUID) -> list[Lead]:
    """Where both have an open lead of the house, or of the same partner, the survivor's goes on and takes the touches
    of the other, which is closed. What the house and partners follow goes on side by side: a partner whose lead was
    closed, because the house follows the customer, would learn of that. Those that are closed."""
    if loser_id == survivor_id:
        return []
    kept = open_leads_of(session, survivor_id)
    closed = []
    for partner_id, other in open_leads_of(session, loser_id).items():
        if partner_id in kept:
            _join(session, kept[partner_id], other)
            closed.append(other)
    return closed


def take_up(session: Session, person_id: UUID, lead_ids: Collection[UUID]) -> None:
    """Of these leads those of a person that were closed for another's are what they were before, now that they are two.
    Not so where the person has another open lead by now, or was erased."""
    person, is_open = session.get(Person, person_id), open_leads_of(session, person_id)
    if person is None or person.erased:
        return
    closed = select(Lead).where(Lead.id.in_(lead_ids), Lead.person_id == person_id, Lead.reason == MERGED)
    for lead in session.scalars(closed.order_by(Lead.id).with_for_update(key_share=True)).all():
        if lead.partner_id not in is_open:
            _reopen(session, lead)


def _reopen(session: Session, lead: Lead) -> None:
    before = select(LeadChange.from_status).where(LeadChange.lead_id == lead.id, LeadChange.cause == MERGED)
    lead.status = session.scalar(before.order_by(LeadChange.at.desc()).limit(1)) or "new"
    lead.reason = lead.closed_at = None
    lead.last_activity_at = clock.now()
    note(session, lead, "lost", Why("parted"))
    tell(session, "lead.reopened", lead)
    if lead.owner_id and lead.status in WORKED:
        plan_follow_ups(session, lead, clock.now())


def _join(session: Session, kept: Lead, other: Lead) -> None:
    session.execute(update(Touch).where(Touch.lead_id == other.id).values(lead_id=kept.id))
    kept.last_activity_at = max(kept.last_activity_at, other.last_activity_at)
    follow(session, LEADS, [kept.id])
    close(session, other, "lost", Why(MERGED, MERGED))
    tell(session, "lead.lost", other, reason=MERGED)
    session.flush()
