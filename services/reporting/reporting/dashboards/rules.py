"""Which counters a period takes, and the rates that are made of counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

SATISFIED = ("4", "5")  # CSAT: the share of answers with 4 or 5 of 5


class Span(NamedTuple):
    """Counters of one grain whose period lies from `first` to `last`, both included."""

    grain: str
    first: date
    last: date


def spans(first: date, last: date) -> list[Span]:
    """`first` to `last` as whole months with days at either end: at most 61 days, however long the period."""
    inner_first = first if first.day == 1 else _next_month(first)
    inner_last = last if (last + timedelta(days=1)).day == 1 else last.replace(day=1) - timedelta(days=1)
    if inner_first > inner_last:
        return [Span("day", first, last)]
    found = [Span("month", inner_first, inner_last.replace(day=1))]
    if first < inner_first:
        found.append(Span("day", first, inner_first - timedelta(days=1)))
    if inner_last < last:
        found.append(Span("day", inner_last + timedelta(days=1), last))
    return found


def months_back(today: date, count: int) -> date:
    """The first day of the month that lies `count` months before today's."""
    month = today.year * 12 + today.month - 1 - count
    return date(month // 12, month % 12 + 1, 1)


def share(part: int, whole: int) -> float | None:
    """`part` of `whole` as a number from 0 to 1, four places; None of nothing."""
    return round(part / whole, 4) if whole else None


def average_score(scores: Mapping[str, int]) -> float | None:
    """The mean of answers counted by score, two places; None without an answer."""
    answers = sum(scores.values())
    return round(sum(int(score) * count for score, count in scores.items()) / answers, 2) if answers else None


def return_on(budget: Decimal, revenue: Decimal) -> float | None:
    """Return on investment: 0.5 is half as much again as was spent. None without a budget."""
    return round(float((revenue - budget) / budget), 4) if budget else None


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
