"""The stages that a person passes on the way to being a customer, and what may be said to whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from chassis.errors import Invalid
from contacts.points.rules import Point

Lifecycle = Literal["contact", "lead", "opportunity", "customer", "former"]
STAGES: tuple[Lifecycle, ...] = ("contact", "lead", "opportunity", "customer", "former")
_REACHED_BY: dict[str, Lifecycle] = {
    "lead.created": "lead",
    "deal.created": "opportunity",
    "deal.won": "customer",
    "order.placed": "customer",
}
ROLES = ("customer", "prospect", "partner", "agent", "competitor", "supplier")
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


def roles_after(stage: str, roles: list[str]) -> list[str]:
    """The roles of who has come to this stage: a lead or an opportunity is a prospect, who bought is a customer and a
    prospect no more. What else they are (a partner, an agent) they stay."""
    if stage == "customer":
        return merged_roles([role for role in roles if role != "prospect"], ["customer"])
    if stage in ("lead", "opportunity") and "customer" not in roles:
        return merged_roles(roles, ["prospect"])
    return roles


def merged_roles(roles: list[str], more: list[str]) -> list[str]:
    """Both, each once, in the order of `ROLES`."""
    return [role for role in ROLES if role in roles or role in more]


def is_promoter(score: int) -> bool:
    """Whether an answer to a satisfaction survey (1 to 5) makes its author a reference."""
    return score >= PROMOTER_SCORE


def check_name(name: str) -> str:
    """A name without white space around it. Invalid when nothing is left."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise Invalid("name", "required", "A person needs a name.")
    return cleaned


def called_by(points: Sequence[Point]) -> str:
    """What to call somebody who left no name: the part of an address before the @, a number, an account."""
    first = points[0]
    return (first.bare.partition("@")[0] if first.kind == "email" else first.bare) or "Unknown"


def made_up(name: str, points: Sequence[Point]) -> bool:
    """Whether nobody gave this name: it was made of a way to reach them (`called_by`)."""
    return any(name in (called_by([point]), point.typed, point.typed.partition("@")[0]) for point in points)


def source_of(kinds: Collection[str]) -> str:
    """The channel that brought somebody, when nobody says: a card, a social network, else the API."""
    if kinds == {"membership"}:
        return "card"
    return "social" if kinds == {"handle"} else "api"


def merged_tags(tags: list[str], more: list[str]) -> list[str]:
    """Both, each once, in the order in which they came."""
    return list(dict.fromkeys([*tags, *more]))
