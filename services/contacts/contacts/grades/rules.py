"""Grades A, B, C from how recently, how often and for how much somebody bought (RFM).

Scores run from 1 to 5, by thresholds or by fifths of all who bought (quintiles, as in A. M. Hughes, Strategic Database
Marketing); amounts are in the currency that grades are reckoned in. A: bought, large or repeatedly, as the scheme says.
B: interested, has not bought. C: bought less. Nobody else has a grade.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chassis.errors import FieldError, Invalid

GRADES = ("A", "B", "C")
METHODS = ("thresholds", "quintiles")
DIMENSIONS = ("recency", "frequency", "monetary")
_INTERESTED = ("lead", "opportunity")


@dataclass(frozen=True, slots=True)
class Purchases:
    """All that somebody has bought: the number of orders, their worth, and when the last one was placed."""

    count: int
    worth: Decimal
    last_at: datetime | None


NOTHING = Purchases(0, Decimal(0), None)


@dataclass(frozen=True, slots=True)
class Rfm:
    """Three scores from 1 (least) to 5."""

    recency: int
    frequency: int
    monetary: int

    def as_dict(self) -> dict[str, int]:
        """As it travels in `contact.graded`."""
        return asdict(self)


@dataclass(frozen=True)
class Scheme:
    """How scores and grades follow: `thresholds` of the scores 2 to 5 (recency: days, falling); `cuts` between the
    fifths, four rising values each (recency: seconds since 1970), None where thresholds hold; `a`: any of these minimum
    scores makes an A; `former_days`: after so many days without an order a customer is a former one (None: never)."""

    thresholds: Mapping[str, Sequence[Decimal]]
    a: Sequence[Mapping[str, int]]
    cuts: Mapping[str, Sequence[Decimal]] | None = None
    former_days: int | None = None


def scores(purchases: Purchases, now: datetime, scheme: Scheme) -> Rfm | None:
    """The scores at `now`; None for somebody who has not bought."""
    if not purchases.count or purchases.last_at is None:
        return None
    if scheme.cuts is not None:
        last = Decimal(str(purchases.last_at.timestamp()))
        values = (last, Decimal(purchases.count), purchases.worth)
        return Rfm(*(1 + bisect_left(scheme.cuts[name], v) for name, v in zip(DIMENSIONS, values, strict=True)))
    days = scheme.thresholds["recency"]
    return Rfm(
        recency=1 + sum(now - purchases.last_at <= timedelta(days=int(limit)) for limit in days),
        frequency=1 + bisect_right(scheme.thresholds["frequency"], purchases.count),
        monetary=1 + bisect_right(scheme.thresholds["monetary"], purchases.worth),
    )


def grade(rfm: Rfm | None, lifecycle: str, scheme: Scheme) -> str | None:
    """The grade that follows from the scores, or from the stage for somebody who has not bought."""
    if rfm is None:
        return "B" if lifecycle in _INTERESTED else None
    found = rfm.as_dict()
    return "A" if any(all(found[name] >= least for name, least in one.items()) for one in scheme.a) else "C"


def stage_by_age(stage: str, purchases: Purchases, now: datetime, scheme: Scheme) -> str:
    """`former` for a customer who has bought nothing for too long, else the stage as it is."""
    if stage != "customer" or purchases.last_at is None or scheme.former_days is None:
        return stage
    return "former" if now - purchases.last_at > timedelta(days=scheme.former_days) else stage


def due(purchases: Purchases, stage: str, now: datetime, scheme: Scheme, override_until: datetime | None) -> Any:
    """The next instant at which time alone changes a score, the stage or an override; None where nothing will."""
    instants = [override_until] if override_until else []
    if purchases.last_at is not None:
        days = [] if scheme.cuts is not None else [int(limit) for limit in scheme.thresholds["recency"]]
        days += [scheme.former_days] if scheme.former_days is not None and stage == "customer" else []
        # Behind the last instant that still counts: a threshold holds on its last day.
        instants += [purchases.last_at + timedelta(days=limit, microseconds=1) for limit in days]
    return min((at for at in instants if at > now), default=None)


def check_scheme(method: str, thresholds: Mapping[str, Sequence[Decimal]], a: Sequence[Mapping[str, int]]) -> None:
    """Invalid, naming the field, unless the thresholds of a dimension go one way and something makes an A."""
    errors = []
    for name in DIMENSIONS:
        limits = list(thresholds[name])
        ordered = sorted(limits, reverse=name == "recency")
        if limits != ordered or len(set(limits)) < len(limits):
            way = "fall" if name == "recency" else "rise"
            errors.append(FieldError(f"thresholds.{name}", "order", f"The four thresholds must {way}."))
    for index, one in enumerate(a):
        if not one:
            errors.append(FieldError(f"a.{index}", "required", "Name at least one score."))
    if method not in METHODS:
        errors.append(FieldError("method", "not_a_choice", f"Must be one of: {', '.join(METHODS)}."))
    if errors:
        raise Invalid.many(errors)


def check_until(until: datetime | None, now: datetime) -> None:
    """Invalid for an override that ends before it begins."""
    if until is not None and until <= now:
        raise Invalid("until", "past", "A grade is set until some time to come, or until it is taken back.")


def worth(total: Decimal, currency: str, rates: dict[str, Decimal]) -> Decimal:
    """`total` in the currency that grades are reckoned in; a currency without a rate counts nothing."""
    return (total * rates.get(currency, Decimal(0))).quantize(Decimal("0.01"))
