"""The stages that a person passes on the way to being a customer, and what may be said to whom."""

from __future__ import annotations

from typing import Literal

from chassis.errors import Invalid

Lifecycle = Literal["contact", "lead", "opportunity", "customer", "former"]
STAGES: tuple[Lifecycle, ...] = ("contact", "lead", "opportunity", "customer", "former")
_REACHED_BY: dict[str, Lifecycle] = {
    "lead.created": "lead",
    "deal.created": "opportunity",
    "deal.won": "customer",
    "order.placed": "customer",
}
REFERENCE_TAG = "reference"
PROMOTER_SCORE = 5


def stage_after(event_type: str, stage: str) -> str:
    """The stage after an event: it only ever rises, so that a late event moves nobody back. A former customer who
    buys again is a customer; one who only asks again stays what they were."""
    reached = _REACHED_BY.get(event_type)
    if reached is None:
        return stage
    if stage == "former":
        return reached if reached == "customer" else stage
    return reached if STAGES.index(reached) > _rank(stage) else stage


def _rank(stage: str) -> int:
    return STAGES.index(stage) if stage in STAGES else 0


def is_promoter(score: int) -> bool:
    """Whether an answer to a satisfaction survey (1 to 5) makes its author a reference."""
    return score >= PROMOTER_SCORE


def check_name(name: str) -> str:
    """A name without white space around it. Invalid when nothing is left."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise Invalid("name", "required", "A person needs a name.")
    return cleaned


def merged_tags(tags: list[str], more: list[str]) -> list[str]:
    """Both, each once, in the order in which they came."""
    return list(dict.fromkeys([*tags, *more]))
