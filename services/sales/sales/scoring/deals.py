"""Deals as they are scored: won or lost, by what is read of many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, true
from sqlalchemy.orm import Session

from chassis import clock
from sales.customers.model import Company
from sales.deals.model import Deal, DealLine, StagePassage
from sales.pipelines.model import Pipeline, Stage
from sales.products.model import Category, Product
from sales.scoring import rules
from sales.scoring.deal_facts import AGES, AMOUNTS, FACTORS, SAID, Known, facts_of
from sales.scoring.model import DealFrequency, DealOutcome, DealScore
from sales.scoring.rules import Factor
from sales.scoring.scored import Closed, Scored
from sales.scoring.wording import band
from sales.settings import settings

_DAY = timedelta(days=1)


def open_facts(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, list[str]]]:
    """The facts of those of these deals that are open, by deal."""
    now = clock.now()
    return {
        row.id: facts_of(_known(row, [str(row.stage_id)], now), reached=False)
        for row in _rows(session, ids) if row.status == "open"
    }  # fmt: skip


def closed_facts(session: Session, ids: Sequence[UUID]) -> list[Closed]:
    """What is to be learnt of those of these deals that are closed, in the order of their ids."""
    stays = select(StagePassage.deal_id, StagePassage.stage_id, StagePassage.entered_at)
    stays = stays.where(StagePassage.deal_id.in_(ids), StagePassage.kind == "open")
    passed: dict[UUID, list[Any]] = {}
    for stay in session.execute(stays.order_by(StagePassage.entered_at, StagePassage.id)):
        passed.setdefault(stay.deal_id, []).append(stay)
    return [_closed(row, passed.get(row.id, [])) for row in _rows(session, ids) if row.closed_at]


def _closed(row: Row[Any], stays: Sequence[Any]) -> Closed:
    moment = rules.middle(row.created_at, row.closed_at)
    before = [str(stay.stage_id) for stay in stays if stay.entered_at <= moment]
    whole = _known(row, [str(stay.stage_id) for stay in stays], row.closed_at)
    # When a close date was put off, or who talked first when, is not kept: halfway it is unknown.
    half = _known(row, before, moment)._replace(pushes=None, talked=None)
    facts, halfway = facts_of(whole, reached=True), facts_of(half, reached=False)
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


def names(session: Session, factors: Sequence[Factor]) -> Mapping[tuple[str, str], str]:
    """What stages, pipelines and categories are called, and the bands of ages and amounts."""
    named: dict[tuple[str, str], str] = {}
    for factor, model in (("stage", Stage), ("pipeline", Pipeline), ("category", Category)):
        ids = [UUID(one.value) for one in factors if one.factor == factor]
        kind: Any = model
        if ids:
            rows = session.execute(select(kind.id, kind.name).where(kind.id.in_(ids)))
            named |= {(factor, str(row.id)): row.name for row in rows}
    for one in factors:
        if one.factor == "age":
            named[one[:2]] = band(AGES, int(one.value))
        elif one.factor == "amount":
            named[one[:2]] = f"{band(AMOUNTS, int(one.value))} {settings().currency}"
    return named


DEALS = Scored(
    name="deals", choice=1, model=Deal, key="deal_id", outcomes=DealOutcome, frequencies=DealFrequency,
    scores=DealScore, open=("open",), won=("won",), lost=("lost",), factors=FACTORS, said=SAID, read_open=open_facts,
    read_closed=closed_facts, names=names,
)  # fmt: skip
