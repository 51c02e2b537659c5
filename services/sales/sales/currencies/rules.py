"""How an amount is converted."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from chassis.errors import Conflict, Invalid

_CENT = Decimal("0.01")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)  # 18 + 18 digits and more fit; only the last step rounds


def convert(amount: Decimal, rate: Decimal, into_rate: Decimal = Decimal(1)) -> Decimal:
    """`amount` times `rate`, divided by the rate of the currency it goes into; rounded once, half up to the
    cent."""
    exact = _EXACT.divide(_EXACT.multiply(amount, rate), into_rate)
    return exact.quantize(_CENT, rounding=ROUND_HALF_UP, context=_EXACT)


def check_currency(currency: str, base: str) -> None:
    """Invalid for a rate of the base currency, which is 1 by itself."""
    if currency == base:
        raise Invalid("currency", "base_currency", f"{base} is the base currency; its rate is always 1.")


def check_same(rate: Decimal, known: Decimal, on: date) -> None:
    """Conflict where a day has a rate already that is another one."""
    if rate != known:
        raise Conflict("rate_exists", f"There is a rate of {known} from {on} on; change that one.")
