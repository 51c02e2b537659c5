"""How an amount is converted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from chassis import money
from chassis.errors import Conflict, Invalid


def convert(amount: Decimal, rate: Decimal, into: str, into_rate: Decimal = Decimal(1)) -> Decimal:
    """`amount` times `rate`, divided by the rate of the currency it goes into; rounded once, half up to the unit of
    that."""
    return money.part(amount, rate, into_rate, into)


def check_currency(currency: str, base: str) -> None:
    """Invalid for a rate of the base currency, which is 1 by itself."""
    if currency == base:
        raise Invalid("currency", "base_currency", f"{base} is the base currency; its rate is always 1.")


def check_same(rate: Decimal, known: Decimal, on: date) -> None:
    """Conflict where a day has a rate already that is another one."""
    if rate != known:
        raise Conflict("rate_exists", f"There is a rate of {known} from {on} on; change that one.")
