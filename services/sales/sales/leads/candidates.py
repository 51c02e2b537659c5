"""What a lead could be joined to instead of making it anew."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from chassis.access import actor, visible
from sales.customers.model import Company
from sales.deals.model import Deal
from sales.leads.model import Lead

_MOST = 10


class Candidates(TypedDict):
    """Companies of that name, and open deals of that person or company, newest first; at most ten of each."""

    companies: list[Company]
    deals: list[Deal]


def candidates_of(session: Session, lead: Lead) -> Candidates:
    """What is there already, as far as the caller reaches it. A partner is not told which companies the house knows."""
    return Candidates(companies=_companies(session, lead), deals=_deals(session, lead))


def _companies(session: Session, lead: Lead) -> list[Company]:
    if not lead.company_name or actor().reach == "partner":
        return []
    named = select(Company).where(func.lower(Company.name) == lead.company_name.lower())
    return list(session.scalars(named.order_by(Company.id).limit(_MOST)))


def _deals(session: Session, lead: Lead) -> list[Deal]:
    theirs = [Deal.person_id == lead.person_id]
    if lead.company_id:
        theirs.append(Deal.company_id == lead.company_id)
    found = select(Deal).where(or_(*theirs), Deal.status == "open")
    return list(session.scalars(visible(found, Deal).order_by(Deal.created_at.desc(), Deal.id).limit(_MOST)))
