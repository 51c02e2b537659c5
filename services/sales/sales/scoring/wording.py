"""Say in words what a factor means and does. Pure: the standard library only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sales.scoring.rules import Count, Factor


class Said(NamedTuple):
    """How one speaks of what is scored: `many` of them (deals), `won` in a word (converted), a sentence per factor."""

    many: str
    won: str
    factors: Mapping[str, str]


def words_of(said: Said, moved: Factor, name: str, base_rate: float) -> str:
    """One sentence: what it is like, what became of others like it, and what that does."""
    begun = said.factors[moved.factor].format(name)
    closed = moved.closed.won + moved.closed.lost
    if not closed:
        return f"{begun}. No such {said.many.removesuffix('s')} was closed yet, so it changes nothing."
    rate = f"{moved.closed.won} of {closed} such {said.many} were {said.won} ({_percent(moved.closed.won / closed)})"
    return f"{begun}. {rate}, of all {_percent(base_rate)}: {_effect(moved.log_odds)}."


def why_not(said: Said, total: Count, needed: int) -> str:
    """Why there is no figure."""
    have = f"{total.won} {said.many} {said.won} and {total.lost} lost"
    return f"Not enough history: {have}, {needed} of each are needed."


def why_not_tested(said: Said, asked: Count) -> str:
    """Why a back-test has no figure though enough was learnt."""
    return f"Not enough history: of the newer {said.many} {asked.won} were {said.won} and {asked.lost} lost."


def band(bounds: Sequence[int], lower: int) -> str:
    """What the band from `lower` is called."""
    above = [bound for bound in bounds if bound > lower]
    return f"{lower:,} to {above[0]:,}" if above else f"{lower:,} or more"


def _effect(log_odds: float) -> str:
    if abs(log_odds) < 0.05:  # about one point of a hundred at even chances
        return "hardly any effect"
    return "raises the chance" if log_odds > 0 else "lowers the chance"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
