"""Naive Bayes on frequencies: how likely an open case, a deal or a lead, is to be won, by what became of others like
it. A lead is won when it is converted.

Each factor moves the log-odds of the base rate by as much as the win rate among cases with its value differs from
that rate. A value begins as if `WEIGHT` cases with it had been closed at the base rate: one that was never seen counts
for nothing, a rare one for little.

What a case can only reach (stages, age, close dates put off, a talk) counts for every value that it reached: an open
one is compared with those that stood where it stands, not with those that ended there.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from chassis.errors import Invalid

TOTAL = ("", "")
ENOUGH = 10  # won cases, and lost ones; with fewer no figure says anything
WEIGHT = 5
_MAX = 80

Facts = Mapping[str, Sequence[str]]


class Count(NamedTuple):
    """How many cases were won, and lost."""

    won: int
    lost: int


Counts = Mapping[tuple[str, str], Count]
NONE = Count(0, 0)


class Factor(NamedTuple):
    """What one value of a case does to the log-odds, and the closed cases with that value."""

    factor: str
    value: str
    closed: Count
    log_odds: float


class Estimate(NamedTuple):
    """The chance (0 to 1) of a case, the base rate that it starts from, and what moved it, the strongest first."""

    probability: float
    base_rate: float
    factors: list[Factor]


def keys(facts: Facts) -> list[tuple[str, str]]:
    """The frequencies that a case with these facts counts in, in the order in which they are locked."""
    return sorted({TOTAL, *((factor, value) for factor, values in facts.items() for value in values)})


def tally(outcomes: Iterable[tuple[bool, Facts]]) -> dict[tuple[str, str], Count]:
    """The frequencies of closed cases: whether each was won, and its facts."""
    counts: dict[tuple[str, str], Count] = {}
    for won, facts in outcomes:
        for key in keys(facts):
            before = counts.get(key, NONE)
            counts[key] = Count(before.won + won, before.lost + (not won))
    return counts


def is_enough(total: Count) -> bool:
    """Whether so many closed cases say anything."""
    return total.won >= ENOUGH and total.lost >= ENOUGH


def estimate(facts: Facts, counts: Counts, factors: Collection[str]) -> Estimate:
    """The chance of an open case by the chosen factors. Log-odds of the base rate and of the factors add up to those of
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
    """The share of closed cases that was won, by Laplace's rule: never 0 or 1."""
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


def facts(
    single: Mapping[str, str | None], ladders: Mapping[str, Sequence[str]], *, reached: bool
) -> dict[str, list[str]]:
    """Facts of what has one value or none, and of what has steps: all that were `reached` (a closed case), or only the
    furthest (an open one)."""
    known = {name: [value] for name, value in single.items() if value}
    return known | {name: list(steps if reached else steps[-1:]) for name, steps in ladders.items() if steps}


def place(bounds: Sequence[int], value: Any) -> int:
    """The last of `bounds` that `value` comes up to; the first where it comes up to none."""
    return bounds[max(bisect_right(bounds, value) - 1, 0)]


def steps(bounds: Sequence[int], value: Any) -> list[str]:
    """All of `bounds` that `value` comes up to, the first always, as values of a factor; none where it is unknown."""
    return [] if value is None else [str(bound) for bound in bounds if bound == bounds[0] or bound <= value]


def word(text: str | None) -> str | None:
    """A text that people typed, as the value of a factor."""
    return text.strip().casefold()[:_MAX] or None if text else None


def _smoothed(count: Count, base: float) -> float:
    return (count.won + WEIGHT * base) / (count.won + count.lost + WEIGHT)


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))
