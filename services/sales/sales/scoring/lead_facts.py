"""By what leads are scored: what is known of one, as facts. Pure: the standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sales.scoring import rules
from sales.scoring.wording import Said

CRITERIA = ("need", "budget", "authority", "timing")
FACTORS = (
    "source", "campaign", "country", "industry", "employees", *CRITERIA, "filled", "forms", "talk", "response", "age",
    "recycled",
)  # fmt: skip
SAID = Said(
    "leads", "converted",
    {
        "source": "Source: {}", "campaign": "Campaign: {}", "country": "Country: {}", "industry": "Industry: {}",
        "employees": "A company of {} people", "need": "Need: {}", "budget": "Budget: {}", "authority": "Authority: {}",
        "timing": "Timing: {}", "filled": "Of what a first call needs {} points of 100 are known",
        "forms": "Forms sent in: {}", "talk": "Somebody talked to it", "response": "First talked to after {} hours",
        "age": "There for {} days", "recycled": "Came back into the queue: {} times",
    },
)  # fmt: skip
EMPLOYEES = (0, 10, 50, 250, 1_000, 5_000)
FILLED = (0, 40, 70, 90)
HOURS = (0, 1, 4, 24, 72)
AGES = (0, 1, 7, 30, 90)
_TIMES = (0, 1, 2, 3)


class Known(NamedTuple):
    """What is known of a lead at one moment, `None` where something is unknown. `levels`: criterion -> how far it is
    met. `filled`: how much of what a first call needs is known, 0 to 100. `forms`, `recycled`: how often. `response`:
    hours until somebody talked to it."""

    source: str | None
    campaign: str | None
    country: str | None
    industry: str | None
    employees: int | None
    levels: Mapping[str, str]
    filled: int
    forms: int
    talked: bool
    response: float | None
    days: float
    recycled: int


def facts_of(known: Known, *, reached: bool) -> dict[str, list[str]]:
    """The facts of a lead: all that it has `reached` (a closed one), or only the furthest (an open one). What was asked
    and stayed unknown is no fact."""
    single = {
        "source": rules.word(known.source), "campaign": known.campaign, "country": known.country,
        "industry": rules.word(known.industry), "talk": "yes" if known.talked else None,
        "employees": None if known.employees is None else str(rules.place(EMPLOYEES, known.employees)),
        "filled": str(rules.place(FILLED, known.filled)),
        "response": None if known.response is None else str(rules.place(HOURS, known.response)),
        **{name: level for name, level in known.levels.items() if name in CRITERIA and level != "unknown"},
    }  # fmt: skip
    ladders = {
        "age": rules.steps(AGES, known.days), "forms": rules.steps(_TIMES, known.forms),
        "recycled": rules.steps(_TIMES, known.recycled),
    }  # fmt: skip
    return rules.facts(single, ladders, reached=reached)
