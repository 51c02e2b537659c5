"""How alike two records are, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from chassis.errors import Conflict

WORTH_A_LOOK = 70
STRONGER = 5  # by so many points evidence must grow before a dismissed pair is shown again
_SIMILAR, _SAME = 80.0, 99.5


class Judged(NamedTuple):
    """`score` from 0 to 100, the reasons, and whether nothing speaks against it."""

    score: int
    reasons: list[dict[str, Any]]
    exact: bool


@dataclass(frozen=True)
class Likeness:
    """What was measured of two people; likenesses run from 0 to 100. `company` is None where one has none.
    `shared_values`: numbers that several share, for both; `own_values` are at least one's own."""

    name: float
    company: float | None
    own_values: Collection[str]
    shared_values: Collection[str]
    same_place: bool
    same_partner: bool


@dataclass(frozen=True)
class CompanyLikeness:
    """What was measured of two companies. `contains`: one name holds the other; `namesake`: somebody said that the name
    is another's, too."""

    name: float
    contains: bool
    phone: str | None
    domain: str | None
    same_place: bool
    same_country: bool
    namesake: bool
    same_partner: bool


def pair(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """The two, the lower first: a pair is known by one name."""
    return (one, other) if one < other else (other, one)


def judge(seen: Likeness) -> Judged:
    """The same contact point weighs most, then name and company together; the same name alone is just worth a look,
    unless their companies differ. Behind one switchboard sit many: it counts only for those of a similar name. Exact:
    the same name, and the same contact point, or the same company in the same place."""
    values = sorted({*seen.own_values, *seen.shared_values})
    reasons: list[dict[str, Any]] = [{"code": "same_contact_point", "value": value} for value in values]
    reasons += _alike("name", seen.name) + (_alike("company", seen.company) if seen.company is not None else [])
    if seen.same_place:
        reasons.append({"code": "same_place"})
    company = seen.company is not None and seen.company >= _SAME
    exact = seen.name >= _SAME and seen.same_partner and (bool(values) or (company and seen.same_place))
    return Judged(min(100, round(_score(seen))), reasons, exact)


def judge_companies(seen: CompanyLikeness) -> Judged:
    """The same phone or domain with a name that is not another; else nearly the same name, or one within the other at
    the same place. Exact: the same name and the same phone or domain, unless somebody said that they are namesakes."""
    reasons = _alike("name", seen.name)
    if seen.contains and seen.name < _SAME:
        reasons.append({"code": "name_within"})
    for code, value in (("same_phone", seen.phone), ("same_domain", seen.domain)):
        if value:
            reasons.append({"code": code, "value": value})
    if seen.same_place:
        reasons.append({"code": "same_place"})
    reached = bool(seen.phone or seen.domain)
    exact = seen.name >= _SAME and reached and seen.same_partner and not seen.namesake
    return Judged(min(100, round(_company_score(seen, reached))), reasons, exact)


def check_state(state: str) -> None:
    """Conflict for a pair that was settled."""
    if state != "open":
        raise Conflict(f"already_{state}", f"The pair is {state}.")


def _alike(what: str, likeness: float) -> list[dict[str, Any]]:
    if likeness < _SIMILAR:
        return []
    return [{"code": f"{'same' if likeness >= _SAME else 'similar'}_{what}", "likeness": round(likeness)}]


def _score(seen: Likeness) -> float:
    place = 5 if seen.same_place else 0
    if (seen.own_values and seen.name >= 50) or (seen.shared_values and seen.name >= _SIMILAR):
        return 55 + 0.45 * seen.name + place
    if seen.name < _SIMILAR:
        return 0
    if seen.company is None:
        return 0.7 * seen.name + place
    return 0.6 * seen.name + 0.35 * seen.company + place if seen.company >= _SIMILAR else 0.5 * seen.name + place


def _company_score(seen: CompanyLikeness, reached: bool) -> float:
    place = 5 if seen.same_place else 0
    name = max(seen.name, 85.0 if seen.contains else 0.0)
    if reached and name >= 50:
        return 55 + 0.45 * name + place
    if not seen.same_country:
        return 0
    if seen.name >= 88:
        return 0.8 * seen.name + place
    return 72 if seen.contains and seen.same_place else 0
