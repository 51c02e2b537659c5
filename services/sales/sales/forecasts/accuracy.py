"""How near forecasts came to what was won."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import visible
from sales.credits.shares import KEPT
from sales.deals.model import Deal
from sales.forecasts import rules
from sales.forecasts.model import DealState
from sales.forecasts.snapshots import newest, seen_on
from sales.periods import Period
from sales.settings import settings
from sales.targets.actions import fiscal


def accuracy(session: Session, period: str, periods: int, days_in: int) -> list[dict[str, Any]]:
    """The last periods that are over, the newest first, as AccuracyOut: what the newest snapshot by so many days after
    each one's beginning said of the deals within reach, and what was won and not credited since."""
    now = fiscal(period, clock.now().date())
    return [_of(session, now.before(back), days_in) for back in range(1, periods + 1)]


def _of(session: Session, days: Period, days_in: int) -> dict[str, Any]:
    taken_on = newest(session, min(days.begin + timedelta(days=days_in), days.end - timedelta(days=1)))
    begin, end = days.instants
    won = select(func.coalesce(func.sum(KEPT), 0))
    closed = won.where(Deal.status == "won", Deal.closed_at >= begin, Deal.closed_at < end)
    currency = settings().currency
    actual = money.rounded(session.scalar(visible(closed, Deal)) or Decimal(0), currency)
    shown: dict[str, Any] = {"begins_on": days.begin, "ends_before": days.end, "snapshot": taken_on, "actual": actual}
    said = _said(session, days, taken_on) if taken_on else (None, None)
    for name, value in zip(("expected", "weighted"), said, strict=True):
        kept = None if value is None else money.rounded(value, currency)
        shown[name] = kept
        shown[f"{name}_accuracy"] = None if kept is None else rules.accuracy(kept, actual)
    return shown


def _said(session: Session, days: Period, taken_on: date) -> tuple[Decimal, Decimal]:
    """What was won and committed by then, and what was won and weighted."""
    is_open, counted = DealState.status == "open", DealState.category != "omitted"

    def total(amount: Any, *conditions: Any) -> Any:
        return func.coalesce(func.sum(amount).filter(*conditions), 0)

    won = total(DealState.amount, DealState.status == "won")
    commit = total(DealState.amount, is_open, DealState.category == "commit")
    weighted = total(DealState.amount * DealState.probability / 100, is_open, counted)
    sums = select(won + commit, won + weighted).select_from(DealState).join(Deal, Deal.id == DealState.deal_id)
    within = DealState.due_on >= days.begin, DealState.due_on < days.end, seen_on(DealState, taken_on)
    row = session.execute(visible(sums.where(*within), Deal)).one()
    return row[0], row[1]
