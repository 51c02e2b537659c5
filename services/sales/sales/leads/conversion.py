"""A lead becomes a deal, once: a new one, or one that is there."""

from __future__ import annotations

from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import actor, load
from chassis.errors import Invalid
from chassis.ids import uuid7
from sales.customers.actions import find_company, find_or_name_company
from sales.customers.naming import check_company
from sales.deals import lines as deal_lines
from sales.deals.actions import change_deal, draft_deal, open_deal
from sales.deals.model import Deal
from sales.deals.rules import check_open
from sales.leads.actions import close
from sales.leads.candidates import Candidates, candidates_of
from sales.leads.events import tell
from sales.leads.history import Why
from sales.leads.model import Lead
from sales.leads.qualification import check_convertible
from sales.leads.rules import move
from sales.pools.moves import leave_pool
from sales.reps.actions import set_owner
from sales.settings import settings

_HANDED_ON = ("person_id", "company_id", "campaign_id", "source", "owner_id", "team_id", "partner_id", "territory_id")
_OF_LEAD = ("deal_id", "company_id", "company_name", "lines")


class Conversion(TypedDict):
    """The lead and its deal; `preview`: nothing was written; `candidates` are then what is there already."""

    lead: Lead
    deal: Deal
    preview: bool
    candidates: Candidates | None


def convert(session: Session, lead_id: UUID, *, dry_run: bool = False, **asked: Any) -> Conversion:
    """Make a deal of the lead, or join it to `deal_id`: both change together or not at all.

    A lead that is converted already gives the same result again, whatever else is asked for: of two reps who
    convert at once one waits for the other and gets the other's deal. Conflict where the lead is lost or not qualified.
    The company is `company_id`, or the one called `company_name`; where nobody has that name sales makes its id and
    contacts, which hears of it, the company.
    """
    lead = load(session, Lead, lead_id, lock=True)
    if lead.deal_id:
        return _result(lead, session.get_one(Deal, lead.deal_id), preview=dry_run)
    check_convertible(lead)
    _check_asked(asked)
    if asked.get("company_id"):
        check_company(session, asked["company_id"])
    if dry_run:
        return _preview(session, lead, asked)
    move(lead.status, "converted")
    made = _take_company(session, lead, asked)
    leave_pool(session, lead, "closed")
    if lead.owner_id is None and actor().kind == "user":
        set_owner(lead, actor())
    deal = _join(session, lead, asked["deal_id"]) if asked.get("deal_id") else _open(session, lead, asked)
    lead.deal_id = deal.id
    close(session, lead, "converted", Why("converted"))
    told = {"deal_id": str(deal.id), "deal_created": not asked.get("deal_id"), "company_created": made}
    tell(session, "lead.converted", lead, **told)
    return _result(lead, deal)


def _result(lead: Lead, deal: Deal, *, preview: bool = False, candidates: Candidates | None = None) -> Conversion:
    return Conversion(lead=lead, deal=deal, preview=preview, candidates=candidates)


def _check_asked(asked: dict[str, Any]) -> None:
    if asked.get("deal_id") and (named := [name for name in asked if name not in _OF_LEAD[:3]]):
        raise Invalid(named[0], "not_with_deal_id", "What the deal is like is said where it is a new one.")
    if asked.get("company_id") and asked.get("company_name"):
        raise Invalid("company_name", "not_with_company_id", "Name the company by its id or by its name.")


def _take_company(session: Session, lead: Lead, asked: dict[str, Any]) -> bool:
    """Give the lead the company that is asked for; whether that is one that nobody knew."""
    made = False
    if asked.get("company_id"):
        lead.company_id, lead.company_name = asked["company_id"], None
    elif asked.get("company_name"):
        company, made = find_or_name_company(session, asked["company_name"])
        lead.company_id, lead.company_name = company.id, company.name
    return made


def _open(session: Session, lead: Lead, asked: dict[str, Any]) -> Deal:
    draft = draft_deal(session, _deal_of(session, lead, asked))
    draft.id = uuid7()
    open_deal(session, draft)
    if not lead.company_name:
        lead.company_name = draft.company_name
    if asked.get("lines"):
        deal_lines.set_lines(session, draft.id, asked["lines"])
    return draft


def _join(session: Session, lead: Lead, deal_id: UUID) -> Deal:
    """The deal that is there already; what it does not say it takes from the lead."""
    deal = load(session, Deal, deal_id, lock=True)
    check_open(deal.status)
    deal.lead_id = deal.lead_id or lead.id
    own = {name: getattr(lead, name) for name in ("person_id", "company_id", "campaign_id", "source")}
    return change_deal(session, deal, {n: v for n, v in own.items() if v is not None and getattr(deal, n) is None})


def _preview(session: Session, lead: Lead, asked: dict[str, Any]) -> Conversion:
    session.expunge(lead)
    lead.status = move(lead.status, "converted")
    if asked.get("company_id"):
        lead.company_id, lead.company_name = asked["company_id"], None
    elif asked.get("company_name"):
        known = find_company(session, asked["company_name"])
        lead.company_id, lead.company_name = (known.id, known.name) if known else (None, asked["company_name"])
    candidates = candidates_of(session, lead)
    if asked.get("deal_id"):
        deal = load(session, Deal, asked["deal_id"])
        check_open(deal.status)
    else:
        deal = draft_deal(session, _deal_of(session, lead, asked))
    return _result(lead, deal, preview=True, candidates=candidates)


def _deal_of(session: Session, lead: Lead, asked: dict[str, Any]) -> dict[str, Any]:
    """What the deal is made of: what was asked for, and the lead's own where nothing was."""
    given = {name: value for name, value in asked.items() if value is not None and name not in _OF_LEAD}
    if asked.get("lines"):
        given["amount"] = deal_lines.total(session, asked["lines"], given.get("currency") or settings().currency)
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
