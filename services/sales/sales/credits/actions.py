"""Split the credit of a deal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.db.sending import ask
from sales.credits.model import DealCredit
from sales.credits.rules import WHOLE, Credit, check_split
from sales.deals.model import Deal
from sales.deals.parts import replace
from sales.managers import require_manager
from sales.reps.actions import find_rep

_TABLE = DealCredit.__table__.c
# Built once: every deal that is won is asked for them.
_CREDITS = (
    select(_TABLE.rep_id, _TABLE.kind, _TABLE.percent)
    .where(_TABLE.deal_id == bindparam("deal", type_=Uuid()))
    .order_by(_TABLE.kind.desc(), _TABLE.percent.desc(), _TABLE.rep_id)
)


def split(session: Session, deal_id: UUID, credits: list[dict[str, Any]]) -> list[Credit]:
    """Make this the split of a deal; once it is closed only who reaches a team's records may."""
    deal = load(session, Deal, deal_id, lock=True)
    if deal.status != "open":
        require_manager("the split of a closed deal")
    wanted = [Credit(**one) for one in credits]
    check_split(wanted)
    for place, one in enumerate(wanted):
        find_rep(session, one.rep_id, f"credits.{place}.rep_id")
    replace(session, deal, DealCredit, [one._asdict() for one in wanted])
    return credits_of(session, deal)


def show(session: Session, deal_id: UUID) -> list[Credit]:
    """The split of a deal within reach."""
    return credits_of(session, load(session, Deal, deal_id))


def credits_of(session: Session, deal: Deal) -> list[Credit]:
    """Who is credited with a deal, the revenue first; its owner with all of it where nobody split it."""
    found = [Credit(*row) for row in ask(session, _CREDITS, {"deal": deal.id})]
    return found or ([Credit(deal.owner_id, "revenue", WHOLE)] if deal.owner_id else [])


def as_told(credits: list[Credit]) -> list[dict[str, str]]:
    """The same as events hold it."""
    return [{"rep_id": str(one.rep_id), "kind": one.kind, "percent": str(one.percent)} for one in credits]
