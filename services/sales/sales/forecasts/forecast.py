"""The forecast as the deals stand now: two statements, and three for what stands beside."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, case, func, null, select, union_all
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import actor
from sales.credits.shares import KEPT, REP, SHARE, TEAM, kept_of, reached_by, shared
from sales.deals.model import Deal, DealLine
from sales.forecasts import rules
from sales.forecasts.calls import calls
from sales.forecasts.categories import CATEGORY, with_category
from sales.periods import Period
from sales.pipelines.model import Pipeline, Stage
from sales.products.model import Category, Product
from sales.reps.model import Rep
from sales.settings import settings
from sales.targets.actions import fiscal
from sales.targets.attainment import sees, sought
from sales.targets.rules import Key

_SUMS = (*rules.CATEGORIES, "weighted", "won")
_NAMED: dict[str, type[Any]] = {"rep": Rep, "pipeline": Pipeline, "product_category": Category}


def forecast(session: Session, period: str, on: date | None, by: str, pipeline_id: UUID | None) -> dict[str, Any]:
    """What is expected in a period of the deals within reach, as ForecastOut."""
    days = fiscal(period, on or clock.now().date())
    found = {row.key: dict(row._mapping) for row in session.execute(_summed(_due(days, by, pipeline_id)))}
    targets = _targets(session, days, by, pipeline_id)
    said = calls(session, days, rules.SCOPES[by]) if by in rules.SCOPES and not pipeline_id else {}
    keys = [*found, *(key for key in targets if key not in found)]
    names = _names(session, by, keys)
    groups = [_group(key, found.get(key, {}), targets.get(key), said, names) for key in keys]
    groups.sort(key=lambda group: (-group["expected"], str(group["key"])))
    return {
        "period": period, "begins_on": days.begin, "ends_before": days.end, "by": by, "currency": settings().currency,
        "groups": groups,
    }  # fmt: skip


def _due(days: Period, by: str, pipeline_id: UUID | None) -> CompoundSelect[Any]:
    """The deals that are open and expected in a period, and those that were won in it, less what was credited of them:
    each read from its own index."""
    begin, end = days.instants
    expected = and_(Deal.status == "open", Deal.expected_close >= days.begin, Deal.expected_close < days.end)
    won = and_(Deal.status == "won", Deal.closed_at >= begin, Deal.closed_at < end)
    return union_all(*(_credited(condition, by, pipeline_id) for condition in (expected, won)))


def _credited(condition: ColumnElement[bool], by: str, pipeline_id: UUID | None) -> Select[Any]:
    lines = None if by != "product_category" else _lines(condition)
    key, amount = _keyed(by, lines)
    columns = key.label("key"), Deal.id, Deal.status, Stage.probability, CATEGORY.label("category")
    deals = with_category(shared(*columns, (SHARE * func.coalesce(amount, 0)).label("amount"))).where(condition)
    if lines is not None:
        deals = deals.outerjoin(lines, lines.c.deal_id == Deal.id)
    for narrower in (reached_by(actor()), Deal.pipeline_id == pipeline_id if pipeline_id else None):
        deals = deals if narrower is None else deals.where(narrower)
    return deals


def _keyed(by: str, lines: Any) -> tuple[Any, Any]:
    if lines is not None:
        return lines.c.category_id, func.coalesce(kept_of(lines.c.amount), KEPT)
    return {"total": null(), "rep": REP, "team": TEAM, "pipeline": Deal.pipeline_id}[by], KEPT


def _lines(condition: ColumnElement[bool]) -> Any:
    """Deals by the categories of what is to be sold; what is in none has None."""
    lines = select(DealLine.deal_id, Product.category_id, func.sum(DealLine.amount).label("amount"))
    joined = lines.join(Deal, Deal.id == DealLine.deal_id).outerjoin(Product, Product.id == DealLine.product_id)
    return joined.where(condition).group_by(DealLine.deal_id, Product.category_id).subquery("lines")


def _summed(deals: CompoundSelect[Any]) -> Select[Any]:
    one = deals.subquery()
    is_open, counted = one.c.status == "open", one.c.category != "omitted"

    def total(amount: Any, *conditions: Any) -> Any:
        return func.coalesce(func.sum(amount).filter(*conditions), 0)

    weighted = total(one.c.amount * one.c.probability / 100, is_open, counted)
    sums = [total(one.c.amount, is_open, one.c.category == name).label(name) for name in rules.CATEGORIES]
    count = func.count(case((is_open, one.c.id)).distinct()).label("open_deals")
    won = total(one.c.amount, one.c.status == "won").label("won")
    return select(one.c.key, *sums, weighted.label("weighted"), won, count).group_by(one.c.key)


def _targets(session: Session, days: Period, by: str, pipeline_id: UUID | None) -> dict[UUID | None, Decimal]:
    targets, teams = sought(session, days, "amount")
    found = {}
    for key, one in targets.items():
        wanted = {
            "pipeline": Key("company", None, None, key.pipeline_id),
            "product_category": Key("company", None, key.category_id, pipeline_id),
        }.get(by, Key(rules.SCOPES.get(by, ""), key.subject_id, None, pipeline_id))
        of = {"pipeline": key.pipeline_id, "product_category": key.category_id}.get(by, key.subject_id)
        named = of is not None or by == "total"
        if key == wanted and named and sees(actor(), key, teams.get(key.subject_id)):
            found[of] = one.value
    return found


def _names(session: Session, by: str, keys: list[UUID | None]) -> dict[UUID | None, str]:
    if by not in _NAMED:
        return {}
    model = _NAMED[by]
    rows = session.execute(select(model.id, model.name).where(model.id.in_([key for key in keys if key])))
    return {row.id: row.name for row in rows}


def _group(
    key: UUID | None, sums: dict[str, Any], target: Decimal | None, said: dict[Any, Any], names: dict[Any, str]
) -> dict[str, Any]:
    amounts = {name: money.rounded(Decimal(sums.get(name, 0)), settings().currency) for name in _SUMS}
    amounts["expected"] = amounts["won"] + amounts["commit"]
    rep, manager = said.get((key, "rep")), said.get((key, "manager"))
    holds = manager or rep
    return {
        "key": key, "name": names.get(key), **amounts, "open_deals": sums.get("open_deals", 0),
        "rep_call": rep, "manager_call": manager, "target": target,
        "gap": rules.gap(target, holds.amount if holds else amounts["expected"]),
    }  # fmt: skip
