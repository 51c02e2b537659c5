"""How targets add up, and how far they are reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from uuid import UUID

from chassis import money
from chassis.errors import FieldError, Invalid

MEASURES = ("amount", "count")
SCOPES = ("rep", "team", "company")
_PLACES = Decimal("0.01")


class Key(NamedTuple):
    """What a target is for: whose (`subject_id` None: the company's), of which category and pipeline (None: all)."""

    scope: str
    subject_id: UUID | None
    category_id: UUID | None
    pipeline_id: UUID | None


class Won(NamedTuple):
    """What one rep won in a pipeline: shares of deals, exact to the hundredth of a cent. `category_id` None: whatever
    was sold."""

    rep_id: UUID | None
    team_id: UUID | None
    category_id: UUID | None
    pipeline_id: UUID
    amount: Decimal
    deals: Decimal


class Sought(NamedTuple):
    """A target of a period; `months`: so many months it was summed from, None where it was set for the period."""

    value: Decimal
    months: int | None


def subject(rep_id: UUID | None, team_id: UUID | None) -> tuple[str, UUID | None]:
    """Whose target it is: scope and id. Invalid where both are named."""
    if rep_id and team_id:
        raise Invalid("team_id", "one_of", "A target is a rep's or a team's, not both.")
    if rep_id:
        return "rep", rep_id
    return ("team", team_id) if team_id else ("company", None)


def check_value(measure: str, value: Decimal) -> None:
    """Invalid for a target that nobody could miss, and for a part of a deal."""
    errors = [FieldError("value", "not_positive", "A target is more than 0.")] if value <= 0 else []
    if measure == "count" and value != value.to_integral_value():
        errors.append(FieldError("value", "not_whole", "A number of deals is a whole one."))
    if errors:
        raise Invalid.many(errors)


def sought(period: str, set_: Iterable[tuple[str, date, Key, Decimal]]) -> dict[Key, Sought]:
    """The targets of a period by what they are for: as they were set (period, begin, key, value), a quarter's else the
    sum of its months'."""
    found: dict[Key, Sought] = {}
    for kind, _, key, value in set_:
        if kind != period:
            before = found.get(key, Sought(Decimal(0), 0))
            if before.months is not None:
                found[key] = Sought(before.value + value, before.months + 1)
        else:
            found[key] = Sought(value, None)
    return found


def totals(won: Iterable[Won]) -> dict[Key, tuple[Decimal, Decimal]]:
    """Amount and count that were won, by what a target can be for."""
    found: dict[Key, tuple[Decimal, Decimal]] = {}
    for one in won:
        for scope, id in (("rep", one.rep_id), ("team", one.team_id), ("company", None)):
            if id is None and scope != "company":
                continue
            for pipeline_id in (None, one.pipeline_id):
                key = Key(scope, id, one.category_id, pipeline_id)
                amount, count = found.get(key, (Decimal(0), Decimal(0)))
                found[key] = amount + one.amount, count + one.deals
    return found


def measured(value: Decimal, measure: str, currency: str) -> Decimal:
    """What a target is measured by: an amount in units of the base currency, or deals, of which a share is a part, to
    two places. Half up."""
    return _hundredths(value) if measure == "count" else money.rounded(value, currency)


def attainment(actual: Decimal, target: Decimal) -> Decimal:
    """Per cent of the target that was reached, two places."""
    return _hundredths(100 * actual / target)


def ranks(reached: Mapping[Key, Decimal]) -> dict[Key, tuple[int, int]]:
    """The place of each among those whose targets are for the like of theirs, and how many those are; who reached
    the same shares a place."""
    rivals: dict[tuple[object, ...], list[Decimal]] = {}
    for key, value in reached.items():
        rivals.setdefault(_alike(key), []).append(value)
    return {
        key: (1 + sum(other > value for other in rivals[_alike(key)]), len(rivals[_alike(key)]))
        for key, value in reached.items()
    }


def _alike(key: Key) -> tuple[object, ...]:
    return key.scope, key.category_id, key.pipeline_id


def scaled(value: Decimal, percent: Decimal, measure: str, currency: str) -> Decimal:
    """A target's value times so many per cent: to the unit of the base currency, or to the deal, at least one."""
    exact = value * percent / 100
    if measure == "count":
        return _hundredths(max(Decimal(1), exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)))
    return max(money.unit(currency), money.rounded(exact, currency))


def _hundredths(value: Decimal) -> Decimal:
    return value.quantize(_PLACES, rounding=ROUND_HALF_UP)
