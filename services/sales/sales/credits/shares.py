"""Deals by those who are credited with their revenue, for figures: a deal that was split stands in several rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select

from chassis.access import Actor
from sales.credits.model import DealCredit
from sales.deals.model import Deal
from sales.reps.model import Rep

REP: Any = func.coalesce(DealCredit.rep_id, Deal.owner_id)
# Where the deal was split, each share is of the team that its rep is in now; else of the deal's.
TEAM: Any = case((DealCredit.deal_id.is_(None), Deal.team_id), else_=Rep.team_id)
# What of a deal was not credited, in the base currency; None where there is no rate.
KEPT: Any = Deal.base_amount - Deal.base_credited
SHARE: Any = func.coalesce(DealCredit.percent, 100) / 100  # exact: numeric


def kept_of(amount: Any) -> Any:
    """What of an amount of a deal's line was not credited, in the base currency: of each line the like part."""
    return amount * Deal.base_rate * (Deal.amount - Deal.credited) / func.nullif(Deal.amount, 0)


def shared(*columns: Any) -> Select[Any]:
    """A SELECT of `columns` of deals and of REP, TEAM and SHARE (of 1)."""
    revenue = and_(DealCredit.deal_id == Deal.id, DealCredit.kind == "revenue")
    return select(*columns).select_from(Deal).outerjoin(DealCredit, revenue).outerjoin(Rep, Rep.id == DealCredit.rep_id)


def reached_by(who: Actor) -> ColumnElement[bool] | None:
    """The WHERE clause of whose figures `who` sees: their own, their team's, or all (None)."""
    if who.reach == "all":
        return None
    if who.reach == "team" and who.team_id:
        return or_(who.team_id == TEAM, who.id == REP)
    return who.id == REP if who.reach in ("own", "team") else false()
