"""Grades A, B, C from how recently, how often and for how much somebody bought (RFM).

Scores run from 1 to 5 by the thresholds below; amounts are in the currency that grades are reckoned in. A: bought,
large or repeatedly. B: interested, has not bought. C: bought little. Nobody else has a grade.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

_RECENCY_DAYS = ((30, 5), (90, 4), (180, 3), (365, 2))
_FREQUENCY = ((10, 5), (5, 4), (3, 3), (2, 2))
_MONETARY = ((100_000, 5), (30_000, 4), (10_000, 3), (1_000, 2))
_INTERESTED = ("lead", "opportunity")


@dataclass(frozen=True, slots=True)
class Purchases:
    """All that somebody has bought: the number of orders, their worth, and when the last one was placed."""

    count: int
    worth: Decimal
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rfm:
    """Three scores from 1 (least) to 5."""

    recency: int
    frequency: int
    monetary: int

    def as_dict(self) -> dict[str, int]:
        """As it travels in `contact.graded`."""
        return asdict(self)


def scores(purchases: Purchases, now: datetime) -> Rfm | None:
    """The scores at `now`; None for somebody who has not bought."""
    if not purchases.count or purchases.last_at is None:
        return None
    age = now - purchases.last_at
    return Rfm(
        recency=next((score for days, score in _RECENCY_DAYS if age <= timedelta(days=days)), 1),
        frequency=next((score for count, score in _FREQUENCY if purchases.count >= count), 1),
        monetary=next((score for worth, score in _MONETARY if purchases.worth >= worth), 1),
    )


def grade(rfm: Rfm | None, lifecycle: str) -> str | None:
    """The grade that follows from the scores, or from the stage for somebody who has not bought."""
    if rfm is None:
        return "B" if lifecycle in _INTERESTED else None
    return "A" if rfm.monetary >= 4 or (rfm.frequency >= 2 and rfm.monetary >= 3) else "C"


def worth(total: Decimal, currency: str, rates: dict[str, Decimal]) -> Decimal:
    """`total` in the currency that grades are reckoned in; a currency without a rate counts nothing."""
    return (total * rates.get(currency, Decimal(0))).quantize(Decimal("0.01"))
