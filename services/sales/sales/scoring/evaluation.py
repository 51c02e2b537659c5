"""How well the score would have done: learnt from the older closed cases, asked about the newer ones. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sales.scoring import rules
from sales.scoring.rules import TOTAL, Count, Facts
from sales.scoring.wording import Said, why_not, why_not_tested

_LEARNT = 0.7  # the share of cases, the oldest, that is learnt from
_BINS = 10
_FIGURES = ("base_rate", "won_share", "auc", "brier", "brier_of_base_rate", "log_loss", "log_loss_of_base_rate")
_NO_FIGURES: dict[str, Any] = {**dict.fromkeys(_FIGURES), "calibration": []}


class Case(NamedTuple):
    """A closed deal or lead: as it was when closed, to learn from, and as it stood halfway, to be asked about."""

    won: bool
    facts: Facts
    halfway: Facts


def back_test(cases: Sequence[Case], factors: Collection[str], said: Said) -> dict[str, Any]:
    """The figures of BackTestOut for cases in the order in which they were closed; none of them where too few
    were closed before, or the newer ones came all to the same end."""
    split = int(len(cases) * _LEARNT)
    older, newer = cases[:split], cases[split:]
    counts = rules.tally((case.won, case.facts) for case in older)
    learnt = counts.get(TOTAL, rules.NONE)
    won = sum(case.won for case in newer)
    sizes = {"learnt_from": len(older), "asked_about": len(newer)}
    refusal = _refusal(said, learnt, Count(won, len(newer) - won))
    if refusal:
        return {**_NO_FIGURES, **sizes, "enough": False, "why": refusal}
    guesses = [rules.estimate(case.halfway, counts, factors).probability for case in newer]
    ends, base = [case.won for case in newer], rules.base_rate(learnt)
    return {
        **sizes, "enough": True, "why": None, "base_rate": base, "won_share": won / len(newer),
        "auc": auc(guesses, ends), "brier": brier(guesses, ends), "brier_of_base_rate": brier([base] * len(ends), ends),
        "log_loss": log_loss(guesses, ends), "log_loss_of_base_rate": log_loss([base] * len(ends), ends),
        "calibration": calibration(guesses, ends),
    }  # fmt: skip


def auc(guesses: Sequence[float], ends: Sequence[bool]) -> float:
    """The area under the ROC curve: how often a won case has the higher chance than a lost one; a tie is half."""
    order = sorted(range(len(guesses)), key=guesses.__getitem__)
    ranks, at = 0.0, 0
    while at < len(order):
        end = at
        while end < len(order) and guesses[order[end]] == guesses[order[at]]:
            end += 1
        ranks += (at + 1 + end) / 2 * sum(ends[place] for place in order[at:end])
        at = end
    won = sum(ends)
    return (ranks - won * (won + 1) / 2) / (won * (len(ends) - won))


def brier(guesses: Sequence[float], ends: Sequence[bool]) -> float:
    """The mean squared distance of the chance from what came; 0 is best, 0.25 is always saying one half."""
    return math.fsum((guess - end) ** 2 for guess, end in zip(guesses, ends, strict=True)) / len(ends)


def log_loss(guesses: Sequence[float], ends: Sequence[bool]) -> float:
    """The mean of -ln of the chance that was given to what came; 0 is best."""
    given = (guess if end else 1 - guess for guess, end in zip(guesses, ends, strict=True))
    return -math.fsum(math.log(max(chance, 1e-12)) for chance in given) / len(ends)


def calibration(guesses: Sequence[float], ends: Sequence[bool]) -> list[dict[str, Any]]:
    """Per tenth of chance in which there were any: how many, the mean chance, the share that was won."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for guess, end in zip(guesses, ends, strict=True):
        bins.setdefault(min(int(guess * _BINS), _BINS - 1), []).append((guess, end))
    return [
        {
            "from_": place / _BINS, "to": (place + 1) / _BINS, "cases": len(inside),
            "mean_probability": math.fsum(guess for guess, _ in inside) / len(inside),
            "won_share": sum(end for _, end in inside) / len(inside),
        }
        for place, inside in sorted(bins.items())
    ]  # fmt: skip


def _refusal(said: Said, learnt: Count, asked: Count) -> str | None:
    if not rules.is_enough(learnt):
        return why_not(said, learnt, rules.ENOUGH)
    return None if asked.won and asked.lost else why_not_tested(said, asked)
