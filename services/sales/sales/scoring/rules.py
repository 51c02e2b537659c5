"""Naive Bayes on frequencies: how likely an open deal is to be won, by what became of others like it.

Each factor moves the log-odds of the base rate by as much as the win rate among deals with its value differs from
that rate. A value begins as if `WEIGHT` deals with it had been closed at the base rate: one that was never seen counts
for nothing, a rare one for little.

What a deal can only reach (stages, age, close dates put off, a talk) counts for every value that it reached: an open
deal is compared with those that stood where it stands, not with those that ended there.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from chassis.errors import Invalid

FACTORS = (
    "stage", "source", "country", "industry", "pipeline", "amount", "category", "team", "age", "pushes", "priority",
    "talk",
)  # fmt: skip
TOTAL = ("", "")
ENOUGH = 10  # won deals, and lost ones; with fewer no figure says anything
WEIGHT = 5
AGES = (0, 7, 30, 90, 180)
AMOUNTS = (0, 1_000, 10_000, 100_000, 1_000_000)
_MOST_PUSHES = 3
_MAX = 80

Facts = Mapping[str, Sequence[str]]


class Count(NamedTuple):
    """How many deals were won, and lost."""

    won: int
    lost: int


Counts = Mapping[tuple[str, str], Count]
NONE = Count(0, 0)


class Factor(NamedTuple):
    """What one value of a deal does to the log-odds, and the closed deals with that value."""

    factor: str
    value: str
    closed: Count
    log_odds: float


class Estimate(NamedTuple):
    """The chance (0 to 1) of a deal, the base rate that it starts from, and what moved it, the strongest first."""

    probability: float
    base_rate: float
    factors: list[Factor]


class Known(NamedTuple):
    """What is known of a deal at one moment; `stages` that it stood in by then, `None` where something is unknown."""

    stages: Sequence[str]
    pipeline: str
    source: str | None
    country: str | None
    industry: str | None
    amount: Decimal | None
    category: str | None
    team: str | None
    days: float
    pushes: int | None
    priority: str
    talked: bool | None


def facts_of(known: Known, *, reached: bool) -> dict[str, list[str]]:
    """The facts of a deal: all that it has `reached` (a closed one), or only the furthest (an open one)."""
    single = {
        "pipeline": known.pipeline, "source": _word(known.source), "country": known.country,
        "industry": _word(known.industry), "category": known.category, "team": known.team, "priority": known.priority,
        "amount": str(AMOUNTS[_place(AMOUNTS, known.amount)]) if known.amount else None,
        "talk": "yes" if known.talked else None,
    }  # fmt: skip
    ages = [str(days) for days in AGES[: _place(AGES, known.days) + 1]]
    pushes = [] if known.pushes is None else [str(n) for n in range(min(known.pushes, _MOST_PUSHES) + 1)]
    ladders = {"stage": list(dict.fromkeys(known.stages)), "age": ages, "pushes": pushes}
    facts = {name: [value] for name, value in single.items() if value}
    return facts | {name: steps if reached else steps[-1:] for name, steps in ladders.items() if steps}


def keys(facts: Facts) -> list[tuple[str, str]]:
    """The frequencies that a deal with these facts counts in, in the order in which they are locked."""
    return sorted({TOTAL, *((factor, value) for factor, values in facts.items() for value in values)})


def tally(outcomes: Iterable[tuple[bool, Facts]]) -> dict[tuple[str, str], Count]:
    """The frequencies of closed deals: whether each was won, and its facts."""
    counts: dict[tuple[str, str], Count] = {}
    for won, facts in outcomes:
        for key in keys(facts):
            before = counts.get(key, NONE)
            counts[key] = Count(before.won + won, before.lost + (not won))
    return counts


def is_enough(total: Count) -> bool:
    """Whether so many closed deals say anything."""
    return total.won >= ENOUGH and total.lost >= ENOUGH


def estimate(facts: Facts, counts: Counts, factors: Collection[str]) -> Estimate:
    """The chance of an open deal by the chosen factors. Log-odds of the base rate and of the factors add up to those of
    the chance."""
    base = base_rate(counts.get(TOTAL, NONE))
    moved = [
        Factor(factor, value, count, log_odds(_smoothed(count, base)) - log_odds(base))
        for factor, values in facts.items() if factor in factors
        for value in values
        for count in [counts.get((factor, value), NONE)]
    ]  # fmt: skip
    moved.sort(key=lambda one: (-abs(one.log_odds), one.factor))
    return Estimate(_chance(log_odds(base) + sum(one.log_odds for one in moved)), base, moved)


def base_rate(total: Count) -> float:
    """The share of closed deals that was won, by Laplace's rule: never 0 or 1."""
    return (total.won + 1) / (total.won + total.lost + 2)


def log_odds(chance: float) -> float:
    """ln(p / (1 - p))."""
    return math.log(chance / (1 - chance))


def middle(opened: datetime, closed: datetime) -> datetime:
    """The moment halfway between two."""
    return opened + (closed - opened) / 2


def check_factors(factors: Sequence[str]) -> None:
    """Invalid where a factor is named twice."""
    for place, name in enumerate(factors):
        if name in factors[:place]:
            raise Invalid(f"factors.{place}", "duplicate", "Each factor is named once.")


def _smoothed(count: Count, base: float) -> float:
    return (count.won + WEIGHT * base) / (count.won + count.lost + WEIGHT)


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))


def _place(bounds: Sequence[int], value: Any) -> int:
    return max(bisect_right(bounds, value) - 1, 0)


def _word(text: str | None) -> str | None:
    return text.strip().casefold()[:_MAX] or None if text else None
