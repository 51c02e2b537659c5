"""A lead becomes a deal, once."""

from __future__ import annotations

from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import actor, load
from chassis.ids import uuid7
from sales.deals.actions import draft_deal, open_deal
from sales.deals.model import Deal
from sales.leads.actions import close
from sales.leads.events import tell
from sales.leads.model import Lead
from sales.leads.rules import move
from sales.pools.moves import leave_pool
from sales.reps.actions import own_by_creator

_HANDED_ON = ("person_id", "company_id", "campaign_id", "source", "owner_id", "team_id", "partner_id", "territory_id")


class Conversion(TypedDict):
    """The lead and its deal; `preview`: nothing was written."""

    lead: Lead
    deal: Deal
    preview: bool


def convert(session: Session, lead_id: UUID, *, dry_run: bool = False, **deal: Any) -> Conversion:
    """Make a deal of the lead: both change together or not at all.

    A lead that is converted already gives the same result again, whatever else is asked for: of two reps who
    convert at once one waits for the other and gets the other's deal. Conflict where the lead is lost.
    """
    lead = load(session, Lead, lead_id, lock=True)
    if lead.deal_id:
        return Conversion(lead=lead, deal=session.get_one(Deal, lead.deal_id), preview=dry_run)
    if dry_run:
        return _preview(session, lead, deal)
    if lead.owner_id is None:
        leave_pool(session, lead, "closed")
        own_by_creator(lead, actor())
    draft = draft_deal(session, _deal_of(lead, deal))
    draft.id = lead.deal_id = uuid7()
    close(session, lead, "converted")
    open_deal(session, draft)
    tell(session, "lead.converted", lead, deal_id=str(draft.id))
    return Conversion(lead=lead, deal=draft, preview=False)


def _preview(session: Session, lead: Lead, deal: dict[str, Any]) -> Conversion:
    draft = draft_deal(session, _deal_of(lead, deal))
    session.expunge(lead)
    lead.status = move(lead.status, "converted")
    return Conversion(lead=lead, deal=draft, preview=True)


def _deal_of(lead: Lead, deal: dict[str, Any]) -> dict[str, Any]:
    """What the deal is made of: what was asked for, and the lead's own where nothing was."""
    given = {name: value for name, value in deal.items() if value is not None}
    own = {name: getattr(lead, name) for name in _HANDED_ON}
    name = lead.company_name or f"Enquiry ({lead.source.replace('_', ' ')})"
    return {
        "name": name,
        "contact_name": lead.name,
        "company_name": lead.company_name,
        **own,
        **given,
        "lead_id": lead.id,
    }
