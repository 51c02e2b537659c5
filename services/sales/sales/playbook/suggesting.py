"""Which plays fit a deal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from chassis.access import load
from sales.competitors.model import DealCompetitor
from sales.customers.model import Company
from sales.deals.model import Deal, DealLine
from sales.playbook.model import Play, PlayLink
from sales.playbook.rules import SUBJECTS


def suggest(session: Session, deal_id: UUID, *, language: str | None, limit: int) -> list[dict[str, Any]]:
    """Published plays about the stage of a deal within reach, its products, its competitors or the industry of its
    company, as SuggestionOut: first those that fit in most of these ways, then those that most found useful."""
    deal = load(session, Deal, deal_id)
    fitting = (
        select(PlayLink.play_id, func.array_agg(_SUBJECT.distinct()).label("because"))
        .where(_fits(deal))
        .group_by(PlayLink.play_id)
        .subquery()
    )
    plays = (
        select(Play, fitting.c.because).join(fitting, fitting.c.play_id == Play.id).where(Play.status == "published")
    )
    if language:
        plays = plays.where(Play.language == language)
    order = (func.cardinality(fitting.c.because).desc(), (Play.useful - Play.not_useful).desc(), Play.id.desc())
    found = session.execute(plays.order_by(*order).limit(limit))
    return [{"play": play, "because": sorted(because, key=SUBJECTS.index)} for play, because in found]


_SUBJECT = case(
    (PlayLink.stage_id.is_not(None), "stage"),
    (PlayLink.product_id.is_not(None), "product"),
    (PlayLink.competitor_id.is_not(None), "competitor"),
    else_="industry",
)


def _fits(deal: Deal) -> ColumnElement[bool]:
    products = select(DealLine.product_id).where(DealLine.deal_id == deal.id, DealLine.product_id.is_not(None))
    rivals = select(DealCompetitor.competitor_id).where(DealCompetitor.deal_id == deal.id)
    industry = select(func.lower(Company.industry)).where(Company.id == deal.company_id)
    return or_(
        PlayLink.stage_id == deal.stage_id,
        PlayLink.product_id.in_(products),
        PlayLink.competitor_id.in_(rivals),
        PlayLink.industry.in_(industry),
    )
