"""Say in words what a factor means and does. Pure: the standard library only."""

from __future__ import annotations

from collections.abc import Sequence

from sales.scoring.rules import AGES, AMOUNTS, Count, Factor

_SAID = {
    "stage": "Stands in the stage {}", "source": "Source: {}", "country": "Country: {}", "industry": "Industry: {}",
    "pipeline": "Pipeline: {}", "amount": "Amount {}", "category": "Sells mostly {}", "team": "The team of its owner",
    "age": "Open for {} days", "pushes": "Close date put off: {} times", "priority": "Priority: {}",
    "talk": "Somebody talked about it",
}  # fmt: skip


def name_of(factor: str, value: str, names: dict[str, str], currency: str) -> str:
    """What a value is called: the name of what has an id, the bounds of a band."""
    if factor == "age":
        return _band(AGES, int(value))
    if factor == "amount":
        return f"{_band(AMOUNTS, int(value))} {currency}"
    return names.get(value, value)


def words_of(moved: Factor, name: str, base_rate: float) -> str:
    """One sentence: what the deal is like, what became of others like it, and what that does."""
    said = _SAID[moved.factor].format(name)
    closed = moved.closed.won + moved.closed.lost
    if not closed:
        return f"{said}. No such deal was closed yet, so it changes nothing."
    rate = f"{moved.closed.won} of {closed} such deals were won ({_percent(moved.closed.won / closed)})"
    return f"{said}. {rate}, of all {_percent(base_rate)}: {_effect(moved.log_odds)}."


def why_not(total: Count, needed: int) -> str:
    """Why there is no figure."""
    return f"Not enough history: {total.won} deals won and {total.lost} lost, {needed} of each are needed."


def _effect(log_odds: float) -> str:
    if abs(log_odds) < 0.05:  # about one point of a hundred at even chances
        return "hardly any effect"
    return "raises the chance" if log_odds > 0 else "lowers the chance"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _band(bounds: Sequence[int], lower: int) -> str:
    above = [bound for bound in bounds if bound > lower]
    return f"{lower:,} to {above[0]:,}" if above else f"{lower:,} or more"
