"""How commission is worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Any

from chassis import money
from chassis.errors import Conflict, FieldError, Invalid

BASES = ("won", "ordered", "paid")
MODES = ("marginal", "cliff")
KINDS = ("earned", "reversed", "correction", "adjustment")
STATUSES = ("draft", "approved", "paid")
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Terms:
    """The terms of a plan: `tiers` as (above, percent) in their order, `rates` by category, and the bounds."""

    mode: str
    tiers: Sequence[tuple[Decimal, Decimal]]
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    accelerator: Decimal = Decimal(1)
    floor: Decimal | None = None
    cap: Decimal | None = None


@dataclass(frozen=True)
class Part:
    """What a rep sold with one deal; `special`: what of it has a product rate, by category."""

    amount: Decimal
    special: Mapping[str, Decimal] = field(default_factory=dict)


def due(terms: Terms, parts: Sequence[Part], target: Decimal | None, currency: str) -> Decimal:
    """What a period brings, in the base currency: of all that was sold in it, in whatever order, rounded once. What is
    sold above `target` (None: there is none) earns `accelerator` times as much, at the average rate of all that was
    sold; then the floor and the cap hold. The floor is paid only where something was sold."""
    sold = sum((part.amount for part in parts), _ZERO)
    if not sold:
        return money.nothing(currency)
    special = [(category, amount) for part in parts for category, amount in part.special.items()]
    plain = sold - sum((amount for category, amount in special if category in terms.rates), _ZERO)
    by_rate = sum((amount * terms.rates[category] for category, amount in special if category in terms.rates), _ZERO)
    earned = (by_rate + _by_tiers(terms, sold) * plain / sold) / 100
    if target is not None and sold > target:
        earned += earned * (terms.accelerator - 1) * (sold - target) / sold
    low = earned if terms.floor is None else max(earned, terms.floor)
    return money.rounded(low if terms.cap is None else min(low, terms.cap), currency)


def _by_tiers(terms: Terms, sold: Decimal) -> Decimal:
    """A hundred times what `sold` earns by the tiers."""
    if terms.mode == "cliff":
        return sold * max((tier for tier in terms.tiers if tier[0] <= sold), default=(_ZERO, _ZERO))[1]
    ends = [above for above, _ in terms.tiers[1:]] + [sold]
    tiers = zip(terms.tiers, ends, strict=True)
    return sum((max(_ZERO, min(sold, end) - above) * percent for (above, percent), end in tiers), _ZERO)


def split(amount: Decimal, percents: Sequence[Decimal], currency: str) -> list[Decimal]:
    """The shares of an amount, in whole units of the currency. Where the percents come to 100 the shares come to the
    amount: the units that rounding down leaves go to those who lost most by it, the first where they lost alike."""
    unit, exact = money.unit(currency), [amount * percent / 100 for percent in percents]
    shares = [money.rounded(one, currency, ROUND_DOWN) for one in exact]
    left = int((money.total(exact, currency) - sum(shares, _ZERO)) / unit)
    for place in sorted(range(len(exact)), key=lambda place: shares[place] - exact[place])[:left]:
        shares[place] += unit
    return shares


def check_terms(data: Mapping[str, Any]) -> None:
    """Invalid, naming every place at fault, unless tiers begin at 0 and rise, categories come once, and the floor is
    not above the cap."""
    errors = []
    above = [tier["above"] for tier in data["tiers"]]
    if above[0] != 0:
        errors.append(FieldError("tiers.0.above", "not_zero", "The first tier begins at 0."))
    for place in range(1, len(above)):
        if above[place] <= above[place - 1]:
            errors.append(FieldError(f"tiers.{place}.above", "not_rising", "Each tier begins above the one before."))
    categories = [rate["category_id"] for rate in data["product_rates"]]
    for place, one in enumerate(categories):
        if one in categories[:place]:
            errors.append(
                FieldError(f"product_rates.{place}.category_id", "duplicate", "This category has a rate already.")
            )
    low, high = data.get("floor"), data.get("cap")
    if low is not None and high is not None and low > high:
        errors.append(FieldError("floor", "above_the_cap", "The floor is above the cap."))
    if errors:
        raise Invalid.many(errors)


def check_step(status: str, wanted: str) -> bool:
    """Whether a statement is still to become `wanted`; Conflict where a step is left out."""
    if status == wanted:
        return False
    if STATUSES.index(wanted) != STATUSES.index(status) + 1:
        raise Conflict(f"statement_{status}", f"The statement is {status}.")
    return True
