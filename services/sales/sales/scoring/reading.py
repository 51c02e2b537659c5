"""Read what the score goes by, of many deals at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select, true, tuple_
from sqlalchemy.orm import Session

from chassis import clock
from sales.customers.model import Company
from sales.deals.model import Deal, DealLine, StagePassage
from sales.products.model import Product
from sales.scoring import rules
from sales.scoring.model import DealFrequency
from sales.scoring.rules import Count, Known

_DAY = timedelta(days=1)


class Closed(NamedTuple):
    """What is learnt of a closed deal."""

    deal_id: UUID
    won: bool
    closed_at: datetime
    facts: dict[str, list[str]]
    halfway: dict[str, list[str]]


def open_facts(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, list[str]]]:
    """The facts of those of these deals that are open, by deal."""
    now = clock.now()
    return {
        row.id: rules.facts_of(_known(row, [str(row.stage_id)], now), reached=False)
        for row in _rows(session, ids) if row.status == "open"
    }  # fmt: skip


def closed_deals(session: Session, ids: Sequence[UUID]) -> list[Closed]:
    """What is to be learnt of those of these deals that are closed, in the order of their ids."""
    stays = select(StagePassage.deal_id, StagePassage.stage_id, StagePassage.entered_at)
    stays = stays.where(StagePassage.deal_id.in_(ids), StagePassage.kind == "open")
    passed: dict[UUID, list[Any]] = {}
    for stay in session.execute(stays.order_by(StagePassage.entered_at, StagePassage.id)):
        passed.setdefault(stay.deal_id, []).append(stay)
    return [_closed(row, passed.get(row.id, [])) for row in _rows(session, ids) if row.closed_at]


def counts_of(session: Session, wanted: Collection[tuple[str, str]] | None = None) -> dict[tuple[str, str], Count]:
    """The frequencies: those that are wanted, or all."""
    found = select(DealFrequency.factor, DealFrequency.value, DealFrequency.won, DealFrequency.lost)
    if wanted is not None:
        found = found.where(tuple_(DealFrequency.factor, DealFrequency.value).in_(wanted))
    return {(row.factor, row.value): Count(row.won, row.lost) for row in session.execute(found)}


def _closed(row: Row[Any], stays: Sequence[Any]) -> Closed:
    moment = rules.middle(row.created_at, row.closed_at)
    before = [str(stay.stage_id) for stay in stays if stay.entered_at <= moment]
    whole = _known(row, [str(stay.stage_id) for stay in stays], row.closed_at)
    # When a close date was put off, or who talked first when, is not kept: halfway it is unknown.
    half = _known(row, before, moment)._replace(pushes=None, talked=None)
    facts, halfway = rules.facts_of(whole, reached=True), rules.facts_of(half, reached=False)
    return Closed(row.id, row.status == "won", row.closed_at, facts, halfway)


def _known(row: Row[Any], stages: Sequence[str], at: datetime) -> Known:
    return Known(
        stages=stages,
        pipeline=str(row.pipeline_id),
        source=row.source,
        country=row.country,
        industry=row.industry,
        amount=row.base_amount,
        category=str(row.category_id) if row.category_id else None,
        team=str(row.team_id) if row.team_id else None,
        days=(at - row.created_at) / _DAY,
        pushes=row.close_pushes,
        priority=row.priority,
        talked=row.last_interaction_at is not None,
    )


def _rows(session: Session, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    of_deal = select(Product.category_id).join(DealLine, DealLine.product_id == Product.id)
    of_deal = of_deal.where(DealLine.deal_id == Deal.id, Product.category_id.is_not(None))
    main = of_deal.order_by(DealLine.amount.desc(), DealLine.position).limit(1).lateral()
    columns: tuple[Any, ...] = (
        Deal.id, Deal.status, Deal.stage_id, Deal.pipeline_id, Deal.source, Deal.base_amount, Deal.team_id,
        Deal.created_at, Deal.closed_at, Deal.close_pushes, Deal.priority, Deal.last_interaction_at, Company.country,
        Company.industry, main.c.category_id,
    )  # fmt: skip
    found = select(*columns).outerjoin(Company, Company.id == Deal.company_id).outerjoin(main, true())
    return session.execute(found.where(Deal.id.in_(ids)).order_by(Deal.id)).all()
