"""What changed in the forecast between two snapshots."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from chassis import clock, money
from chassis.access import visible
from chassis.errors import Invalid
from sales.deals.model import Deal
from sales.forecasts.model import DealState
from sales.forecasts.rules import CHANGES
from sales.forecasts.snapshots import need, seen_on
from sales.periods import Period
from sales.settings import settings
from sales.targets.actions import fiscal

_LIMIT = 200


def changes(session: Session, period: str, on: date | None, since: date | None, until: date | None) -> dict[str, Any]:
    """The deals of a period within reach that changed between the newest snapshots by two days (a week ago and today),
    as ChangesOut: by kind of change, and the largest ones."""
    today = clock.now().date()
    days = fiscal(period, on or today)
    last, first = until or today, since or today - timedelta(days=7)
    if first > last:
        raise Invalid("since", "after_the_end", "The comparison begins after its end.")
    before, after = need(session, first), need(session, last)
    compared = _compared(days, before, after).subquery()
    sums = [func.coalesce(func.sum(compared.c[name]), 0).label(name) for name in ("before", "after")]
    by_kind = select(compared.c.kind, func.count().label("deals"), *sums).group_by(compared.c.kind)
    kinds = [{**row._mapping, "change": row.after - row.before} for row in session.execute(by_kind)]
    largest = func.abs(compared.c.after - compared.c.before).desc(), compared.c.deal_id
    shown = select(compared).where(compared.c.kind != "unchanged").order_by(*largest).limit(_LIMIT)
    return {
        "period": period, "begins_on": days.begin, "ends_before": days.end, "since": before, "until": after,
        "currency": settings().currency,
        **{name: money.total((row[name] for row in kinds), settings().currency) for name in ("before", "after")},
        "kinds": sorted(kinds, key=lambda row: CHANGES.index(row["kind"])),
        "deals": [dict(row) for row in session.execute(shown).mappings()],
    }  # fmt: skip


def _compared(days: Period, before: date, after: date) -> Select[Any]:
    a, b = aliased(DealState, name="a"), aliased(DealState, name="b")
    within = DealState.due_on >= days.begin, DealState.due_on < days.end
    concerned = select(DealState.deal_id).where(*within).distinct().subquery("concerned")
    was, is_ = _counts(a, days), _counts(b, days)
    columns = (
        Deal.id.label("deal_id"), Deal.name, _kind(a, b, days).label("kind"),
        _money(was, a.amount).label("before"), _money(is_, b.amount).label("after"),
        a.category.label("category_before"), b.category.label("category_after"),
        a.due_on.label("due_before"), b.due_on.label("due_after"),
    )  # fmt: skip
    joined = select(*columns).select_from(Deal).join(concerned, concerned.c.deal_id == Deal.id)
    joined = joined.outerjoin(a, and_(a.deal_id == Deal.id, seen_on(a, before)))
    joined = joined.join(b, and_(b.deal_id == Deal.id, seen_on(b, after)))
    return visible(joined.where(or_(_in(a, days), _in(b, days))), Deal)


def _money(counts: ColumnElement[bool], amount: Any) -> Any:
    return func.round(case((counts, amount), else_=0), money.digits(settings().currency))


def _in(state: Any, days: Period) -> ColumnElement[bool]:
    return func.coalesce(and_(state.due_on >= days.begin, state.due_on < days.end), False)


def _counts(state: Any, days: Period) -> ColumnElement[bool]:
    return and_(_in(state, days), state.status != "lost")


def _kind(a: Any, b: Any, days: Period) -> ColumnElement[str]:
    other = a.status.is_distinct_from(b.status)
    return case(
        (and_(other, b.status == "won"), "won"),
        (and_(other, b.status == "lost"), "lost"),
        (a.deal_id.is_(None), "new"),
        (and_(other, b.status == "open"), "reopened"),
        (and_(_in(a, days), ~_in(b, days)), "slipped"),
        (and_(~_in(a, days), _in(b, days)), "moved_in"),
        (b.amount > a.amount, "raised"),
        (b.amount < a.amount, "lowered"),
        (a.category != b.category, "recategorised"),
        (b.due_on > a.due_on, "postponed"),
        else_="unchanged",
    )
