"""By what deals are scored: what is known of one, as facts. Pure: the standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from sales.scoring import rules
from sales.scoring.wording import Said

FACTORS = (
    "stage", "source", "country", "industry", "pipeline", "amount", "category", "team", "age", "pushes", "priority",
    "talk",
)  # fmt: skip
SAID = Said(
    "deals", "won",
    {
        "stage": "Stands in the stage {}", "source": "Source: {}", "country": "Country: {}", "industry": "Industry: {}",
        "pipeline": "Pipeline: {}", "amount": "Amount {}", "category": "Sells mostly {}",
        "team": "The team of its owner", "age": "Open for {} days", "pushes": "Close date put off: {} times",
        "priority": "Priority: {}", "talk": "Somebody talked about it",
    },
)  # fmt: skip
AGES = (0, 7, 30, 90, 180)
AMOUNTS = (0, 1_000, 10_000, 100_000, 1_000_000)
_PUSHES = (0, 1, 2, 3)


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
        "pipeline": known.pipeline, "source": rules.word(known.source), "country": known.country,
        "industry": rules.word(known.industry), "category": known.category, "team": known.team,
        "priority": known.priority, "amount": str(rules.place(AMOUNTS, known.amount)) if known.amount else None,
        "talk": "yes" if known.talked else None,
    }  # fmt: skip
    ladders = {
        "stage": list(dict.fromkeys(known.stages)), "age": rules.steps(AGES, known.days),
        "pushes": rules.steps(_PUSHES, known.pushes),
    }  # fmt: skip
    return rules.facts(single, ladders, reached=reached)
