"""The kinds of soft information, and what each is told by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chassis.errors import Invalid

DAYS_MAX = 3650


@dataclass(frozen=True, slots=True)
class Kind:
    """`single`: the latest holds, those before are history; of the others any number holds at once. It is told by one
    of `choices`, by a number of `days`, or by text; beside a choice or days, text explains."""

    single: bool = False
    choices: tuple[str, ...] = ()
    days: bool = False


KINDS: dict[str, Kind] = {
    "influence": Kind(True, ("champion", "supporter", "neutral", "blocker", "decision_maker")),
    "decision_cycle": Kind(True, days=True),
    "budget_style": Kind(True, ("fixed", "flexible", "by_project", "price_driven", "value_driven", "none")),
    "preferred_channel": Kind(True, ("call", "email", "meeting", "visit", "chat", "wechat", "message")),
    "preferred_time": Kind(True),
    "industry": Kind(True),
    "buying_habit": Kind(),
    "pain": Kind(),
    "objection": Kind(),
    "interest": Kind(),
}
SINGLE = tuple(name for name, kind in KINDS.items() if kind.single)
CHOSEN = tuple(name for name, kind in KINDS.items() if kind.choices)
SEARCHED = ("buying_habit", "pain", "objection", "interest", "preferred_time")
# What lists can be asked by; hidden from partners, as the insights are.
FILTERS = (*CHOSEN, *SEARCHED, "decision_cycle_min", "decision_cycle_max")


def check(kind: str, choice: str | None, days: int | None, text: str | None) -> None:
    """Invalid where an insight is not told by what its kind is told by."""
    wanted = KINDS[kind]
    if (choice is not None) != bool(wanted.choices):
        raise Invalid("choice", "required" if wanted.choices else "not_allowed", _choices(kind))
    if choice is not None and choice not in wanted.choices:
        raise Invalid("choice", "not_a_choice", _choices(kind))
    if (days is not None) != wanted.days:
        told = "in days" if wanted.days else "without days"
        raise Invalid("days", "required" if wanted.days else "not_allowed", f"{kind} is told {told}.")
    if not wanted.choices and not wanted.days and not text:
        raise Invalid("text", "required", f"{kind} is told in words.")


def _choices(kind: str) -> str:
    choices = KINDS[kind].choices
    return f"Must be one of: {', '.join(choices)}." if choices else f"{kind} has no choices."


def values_of(insight: Any) -> tuple[Any, ...]:
    """What an insight says, to see whether another says the same."""
    return insight.choice, insight.days, insight.text
