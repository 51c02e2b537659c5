"""What an order comes to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chassis import money
from chassis.errors import Conflict, Invalid

LIMIT = Decimal("9999999999999999.99")  # the most that is shown of an amount
CREDITS = ("none", "part", "full")
UNDER_WAY = ("placed", "part_shipped", "shipped")  # not all of it has arrived
UPDATES = ("in_transit", "out_for_delivery", "delayed", "failed", "returned")


@dataclass(frozen=True)
class Progress:
    """How far a line is: of `quantity` so many left, were cancelled before, came back."""

    quantity: Decimal
    shipped: Decimal
    cancelled: Decimal
    returned: Decimal


def status_of(lines: Collection[Progress], under_way: int) -> str:
    """The state of an order with so many shipments that did not arrive yet: cancelled once nothing of it is left."""
    if all(line.cancelled + line.returned == line.quantity for line in lines):
        return "cancelled"
    if not any(line.shipped for line in lines):
        return "placed"
    if any(line.shipped + line.cancelled < line.quantity for line in lines):
        return "part_shipped"
    return "shipped" if under_way else "delivered"


def credit_status(total: Decimal, credited: Decimal) -> str:
    """How much of an order credit notes take back: none, part or all of it. What was cancelled before anything was due
    needs no credit note."""
    if not credited:
        return "none"
    return "full" if credited == total else "part"


def line_amount(quantity: Decimal, unit_price: Decimal, currency: str) -> Decimal:
    """Quantity times price, rounded half up to the unit of the currency."""
    return money.rounded(quantity * unit_price, currency)


def tax_on(net: Decimal, percent: Decimal, currency: str) -> Decimal:
    """The tax on an amount, rounded half up to the unit of the currency."""
    return money.rounded(net * percent / 100, currency)


def total(amounts: Iterable[Decimal], currency: str) -> Decimal:
    """The sum of the lines; Invalid where it is more than can be shown."""
    amount = money.total(amounts, currency)
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


def share_payment(amount: Decimal, open_amounts: list[Decimal]) -> tuple[list[Decimal], Decimal]:
    """How a payment settles instalments, the first due first, and what is left over of it."""
    shares = []
    for still in open_amounts:
        part = min(amount, still)
        shares.append(part)
        amount -= part
    return shares, amount


def take_off(open_amounts: list[Decimal], amount: Decimal) -> list[Decimal]:
    """How an amount that is owed no more is taken off instalments, the last due first; what is more than is open is
    left over."""
    parts = []
    for still in reversed(open_amounts):
        part = min(amount, still)
        parts.append(part)
        amount -= part
    return parts[::-1]


def check_surplus(surplus: Decimal, still_open: Decimal, *, accepted: bool) -> None:
    """Invalid for more than is open, unless it is said that more came in."""
    if surplus and not accepted:
        raise Invalid("amount", "too_much", f"{still_open} is still to be paid.")


def check_plan(amounts: list[Decimal], whole: Decimal) -> None:
    """Invalid unless the instalments come to the order's total."""
    if sum(amounts, Decimal(0)) != whole:
        raise Invalid("instalments", "not_the_total", f"The instalments must come to {whole}.")


def instalment_status(amount: Decimal, paid: Decimal, released: Decimal, due_on: date, today: date) -> str:
    """cancelled where nothing of it is owed and nothing came in; paid where nothing more is owed; else overdue once its
    day is over; else part_paid or due."""
    if paid + released == amount:
        return "paid" if paid else "cancelled"
    if due_on < today:
        return "overdue"
    return "part_paid" if paid else "due"


def check_quote(status: str, valid: bool) -> None:
    """Conflict unless a quote that is to be ordered was accepted."""
    if status == "sent" and not valid:
        raise Conflict("quote_expired", "The quote's last day is over, and nobody accepted it.")
    if status != "accepted":
        raise Conflict("quote_not_accepted", f"An order needs an accepted quote; this one is {status}.")


def check_shippable(status: str) -> None:
    """Conflict unless something of an order can still leave."""
    if status not in ("placed", "part_shipped"):
        raise Conflict(f"order_{status}", f"The order is {status}.")
