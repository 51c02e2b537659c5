"""What an order comes to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
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


def check_quantity(position: int, wanted: Decimal, left: Decimal) -> None:
    """Invalid for more than is left of a line to ship."""
    if wanted > left:
        raise Invalid("lines", "too_many", f"Of line {position} {left} are left to ship.")


def share_payment(amount: Decimal, open_amounts: list[Decimal]) -> list[Decimal]:
    """How a payment settles instalments, the first due first; Invalid for more than is open."""
    shares = []
    for still in open_amounts:
        part = min(amount, still)
        shares.append(part)
        amount -= part
    if amount:
        raise Invalid("amount", "too_much", f"{sum(open_amounts, Decimal('0.00'))} is still to be paid.")
    return shares


def check_plan(amounts: list[Decimal], whole: Decimal) -> None:
    """Invalid unless the instalments come to the order's total."""
    if sum(amounts, Decimal("0.00")) != whole:
        raise Invalid("instalments", "not_the_total", f"The instalments must come to {whole}.")


def instalment_status(amount: Decimal, paid: Decimal, due_on: date, today: date) -> str:
    """paid; else overdue once its day is over; else part_paid or due."""
    if paid == amount:
        return "paid"
    if due_on < today:
        return "overdue"
    return "part_paid" if paid else "due"


def check_shippable(status: str) -> None:
    """Conflict unless something of an order can still leave."""
    if status not in ("placed", "part_shipped"):
        raise Conflict(f"order_{status}", f"The order is {status}.")
