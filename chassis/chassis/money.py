"""Amounts of money in the units of their currency, by ISO 4217: a yen has no smaller one, a dinar a thousand.

The one place that knows how many decimals an amount has. Pure: rules stand on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Any

from iso4217 import Currency

from chassis.errors import FieldError, Invalid

MOST_DIGITS = 4
SMALLEST = Decimal("0.0001")  # of the unit with the most digits
_USUAL_DIGITS = 2
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)  # 18 + 18 digits and more fit; only the last step rounds


@cache
def digits(currency: str) -> int:
    """How many decimals amounts in a currency have; two where ISO 4217 names none (gold, withdrawn currencies)."""
    try:
        found = Currency(currency).exponent
    except ValueError:
        return _USUAL_DIGITS
    return _USUAL_DIGITS if found is None else found


@cache
def unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 euros, 1 yen."""
    return Decimal(1).scaleb(-digits(currency))


def rounded(exact: Decimal, currency: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """An amount in whole units of its currency, half up unless told otherwise, written with all its decimals."""
    return exact.quantize(unit(currency), rounding=rounding, context=_EXACT)


def nothing(currency: str) -> Decimal:
    """0 of a currency, as it is written."""
    return rounded(Decimal(0), currency)


def total(amounts: Iterable[Decimal], currency: str) -> Decimal:
    """The sum of amounts in one currency, of none too."""
    return rounded(sum(amounts, Decimal(0)), currency)


def part(amount: Decimal, of: Decimal, whole: Decimal, currency: str) -> Decimal:
    """`of` in `whole` parts of an amount; divided exactly, rounded once."""
    return rounded(_EXACT.divide(_EXACT.multiply(amount, of), whole), currency)


def accepted(amount: Decimal, currency: str, field: str) -> Decimal:
    """An amount that somebody said, as its currency is written. Invalid (`decimals`), naming the field, where it has
    more decimals than the currency."""
    return in_units({field: amount}, currency, field)[field]


def in_units(data: Mapping[str, Any], currency: str, *names: str, at: str = "") -> dict[str, Decimal]:
    """The amounts among `names` that `data` says, as their currency is written. Invalid (`decimals`), naming every
    field, behind `at`, that has more decimals than the currency."""
    said = {name: data[name] for name in names if data.get(name) is not None}
    kept = {name: rounded(amount, currency) for name, amount in said.items()}
    if errors := [_too_fine(f"{at}{name}", currency) for name in said if kept[name] != said[name]]:
        raise Invalid.many(errors)
    return kept


def shared_out(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """`amount` shared out by `weights`, amounts themselves, in whole units; what is left over goes to the largest
    remainders. No share is more than its weight where the amount is not more than all of them."""
    places = digits(currency)
    units, scaled = int(amount.scaleb(places)), [int(weight.scaleb(places)) for weight in weights]
    whole = sum(scaled)
    if not whole:
        return [nothing(currency) for _ in weights]
    shares = [units * weight // whole for weight in scaled]
    order = sorted(range(len(scaled)), key=lambda n: (-(units * scaled[n] % whole), n))
    for n in order[: units - sum(shares)]:
        shares[n] += 1
    return [Decimal(one).scaleb(-places) for one in shares]


def written(amount: Decimal, currency: str) -> str:
    """An amount for people, without its currency: 1,234 of yen, 1,234.50 of euros. One that was kept with more decimals
    than its currency has shows them."""
    kept = rounded(amount, currency)
    return f"{kept if kept == amount else amount:,}"


def decimals_said(currency: str) -> str:
    """The rule that an amount with too many decimals breaks, as a sentence."""
    return f"Amounts in {currency} have {digits(currency) or 'no'} decimals."


def _too_fine(field: str, currency: str) -> FieldError:
    return FieldError(field, "decimals", decimals_said(currency))
