"""How alike two records are, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.errors import Conflict

WORTH_A_LOOK = 70


@dataclass(frozen=True)
class Likeness:
    """What was measured of two records; likenesses run from 0 to 100. `company` is None where one has none."""

    name: float
    company: float | None
    shared_values: Collection[str]
    same_place: bool


def pair(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """The two, the lower first: a pair is known by one name."""
    return (one, other) if one < other else (other, one)


def judge(seen: Likeness) -> tuple[int, list[dict[str, Any]]]:
    """(score from 0 to 100, reasons). The same contact point weighs most, then name and company together; the same name
    alone is just worth a look, unless their companies differ."""
    reasons: list[dict[str, Any]] = [{"code": "same_contact_point", "value": v} for v in sorted(seen.shared_values)]
    if seen.name >= 80:
        reasons.append({"code": "same_name" if seen.name >= 99.5 else "similar_name", "likeness": round(seen.name)})
    if seen.company is not None and seen.company >= 80:
        code = "same_company" if seen.company >= 99.5 else "similar_company"
        reasons.append({"code": code, "likeness": round(seen.company)})
    if seen.same_place:
        reasons.append({"code": "same_place"})
    return min(100, round(_score(seen))), reasons


def check_state(state: str) -> None:
    """Conflict for a pair that was settled."""
    if state != "open":
        raise Conflict(f"already_{state}", f"The pair is {state}.")


def _score(seen: Likeness) -> float:
    place = 5 if seen.same_place else 0
    if seen.shared_values:
        return 55 + 0.45 * seen.name + place
    if seen.name < 80:
        return 0
    if seen.company is None:
        return 0.7 * seen.name + place
    return 0.6 * seen.name + 0.35 * seen.company + place if seen.company >= 80 else 0.5 * seen.name + place
