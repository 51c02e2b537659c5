"""Won and lost deals side by side, however many there are: the database counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Double, Numeric, Select, Text, case, cast, func, null, select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import visible
from sales.competitors.model import Competitor, DealCompetitor
from sales.deals.model import Deal
from sales.pipelines.model import Pipeline
from sales.reps.model import Rep
from sales.settings import settings
from sales.winloss import rules

_LIMIT, _DAY = 200, 86_400
Grouped = Callable[[Select[Any]], Select[Any]]


def study(
    session: Session, by: str, from_: date | None, to: date | None, pipeline_id: UUID | None, owner_id: UUID | None
) -> dict[str, Any]:
    """The deals within reach that were closed in a period, as StudyOut."""
    first, last = rules.period(from_, to, clock.now().date())
    closed = _closed(first, last)
    for column, wanted in ((Deal.pipeline_id, pipeline_id), (Deal.owner_id, owner_id)):
        closed = closed.where(column == wanted) if wanted else closed
    whole, *groups = (_shown(row) for row in session.execute(_counted(_GROUPED[by](closed))))
    if by == "competitor":  # a deal stands beside each that it was lost or won against, or beside none
        ungrouped = closed.add_columns(cast(null(), Text).label("key"), null().label("name"))
        whole = _shown(session.execute(_counted(ungrouped)).first())
    return {
        "by": by, "from_": first, "to": last, "currency": settings().currency, "groups": groups, "total": whole,
    }  # fmt: skip


def _closed(first: date, last: date) -> Select[Any]:
    begin = datetime.combine(first, time.min, UTC)
    end = datetime.combine(min(last, date.max - timedelta(days=1)) + timedelta(days=1), time.min, UTC)
    amount = func.coalesce(Deal.base_amount, 0).label("amount")
    unvalued = Deal.base_amount.is_(None).label("unvalued")
    columns: tuple[Any, ...] = (Deal.id, Deal.status, amount, unvalued, Deal.created_at, Deal.closed_at)
    return visible(select(*columns).where(Deal.closed_at >= begin, Deal.closed_at < end), Deal)


def _counted(deals: Select[Any]) -> Select[Any]:
    """Of all deals, which come first, and by key, the largest groups first: one pass over the deals."""
    one = deals.subquery()
    won, lost, whole = one.c.status == "won", one.c.status == "lost", func.grouping(one.c.key)
    days = cast(func.extract("epoch", one.c.closed_at - one.c.created_at), Double) / _DAY  # numbers sort slowly
    median = func.percentile_cont(0.5).within_group(days)
    return (
        select(
            cast(one.c.key, Text).label("key"),
            case((whole == 1, "all"), else_=func.max(one.c.name)).label("name"),
            func.count().filter(won).label("won"),
            func.count().filter(lost).label("lost"),
            func.coalesce(func.sum(one.c.amount).filter(won), 0).label("won_amount"),
            func.coalesce(func.sum(one.c.amount).filter(lost), 0).label("lost_amount"),
            func.count().filter(one.c.unvalued).label("unvalued"),
            func.round(cast(median, Numeric), 2).label("median_days"),
        )
        .group_by(func.rollup(one.c.key))
        .order_by(whole.desc(), func.count().desc(), one.c.key)
        .limit(1 + _LIMIT)
    )


def _shown(row: Any) -> dict[str, Any]:
    base = settings().currency
    amounts = {name: money.rounded(Decimal(getattr(row, name)), base) for name in ("won_amount", "lost_amount")}
    return {**row._mapping, **amounts, "win_rate": rules.win_rate(row.won, row.lost)}


def _by_reason(deals: Select[Any]) -> Select[Any]:
    words = func.coalesce(Deal.lost_reason, Deal.won_reason)
    return deals.add_columns(words.label("key"), words.label("name"))


def _by_competitor(deals: Select[Any]) -> Select[Any]:
    named = deals.add_columns(Competitor.id.label("key"), Competitor.name.label("name"))
    met = named.join(DealCompetitor, DealCompetitor.deal_id == Deal.id)
    return met.join(Competitor, Competitor.id == DealCompetitor.competitor_id)


def _by_stage(deals: Select[Any]) -> Select[Any]:
    """The stage that a deal was closed from."""
    return deals.add_columns(Deal.closed_from_id.label("key"), Deal.closed_from.label("name"))


def _by_rep(deals: Select[Any]) -> Select[Any]:
    named = deals.add_columns(Deal.owner_id.label("key"), Rep.name.label("name"))
    return named.outerjoin(Rep, Rep.id == Deal.owner_id)


def _by_source(deals: Select[Any]) -> Select[Any]:
    return deals.add_columns(Deal.source.label("key"), Deal.source.label("name"))


def _by_pipeline(deals: Select[Any]) -> Select[Any]:
    named = deals.add_columns(Pipeline.id.label("key"), Pipeline.name.label("name"))
    return named.join(Pipeline, Pipeline.id == Deal.pipeline_id)


def _by_month(deals: Select[Any]) -> Select[Any]:
    month = func.to_char(func.timezone("UTC", Deal.closed_at), "YYYY-MM")
    return deals.add_columns(month.label("key"), month.label("name"))


_GROUPED: dict[str, Grouped] = {
    "reason": _by_reason,
    "competitor": _by_competitor,
    "stage": _by_stage,
    "rep": _by_rep,
    "source": _by_source,
    "pipeline": _by_pipeline,
    "month": _by_month,
}
