"""What an order comes to."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from chassis.errors import Conflict, Invalid

_CENT = Decimal("0.01")
LIMIT = Decimal("9999999999999999.99")  # Numeric(18, 2)


def line_amount(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Quantity times price, rounded half up to the cent."""
    return (quantity * unit_price).quantize(_CENT, rounding=ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of the lines; Invalid where it is more than can be stored."""
    amount = sum(amounts, Decimal("0.00"))
    if amount > LIMIT:
        raise Invalid("lines", "too_large", f"An order comes to at most {LIMIT}.")
    return amount


def number(year: int, count: int) -> str:
    """The number that people call an order by: SO-2026-000042."""
    return f"SO-{year}-{count:06d}"


def check_won(status: str) -> None:
    """Conflict unless the deal that is ordered from is won."""
    if status != "won":
        raise Conflict("deal_not_won", f"An order needs a won deal; this one is {status}.")
