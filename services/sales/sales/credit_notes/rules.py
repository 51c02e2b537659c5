"""What a credit note comes to, and how it settles what is owed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chassis import money
from chassis.errors import Conflict, Invalid

_NONE = Decimal("0.000")


@dataclass(frozen=True)
class Sold:
    """A line of an order: how many were sold, left, were cancelled before they left and came back; `net` and `tax` are
    what of it is not credited yet."""

    quantity: Decimal
    shipped: Decimal
    cancelled: Decimal
    returned: Decimal
    net: Decimal
    tax: Decimal

    @property
    def to_ship(self) -> Decimal:
        """What has not left and was not cancelled."""
        return self.quantity - self.shipped - self.cancelled

    @property
    def to_return(self) -> Decimal:
        """What left and has not come back."""
        return self.shipped - self.returned

    @property
    def uncredited(self) -> Decimal:
        """How many are not credited yet."""
        return self.quantity - self.cancelled - self.returned


@dataclass(frozen=True)
class Taken:
    """What a credit note takes of a line."""

    cancelled: Decimal = _NONE
    returned: Decimal = _NONE

    @property
    def quantity(self) -> Decimal:
        """How many of it."""
        return self.cancelled + self.returned


@dataclass(frozen=True)
class Ordered:
    """An order of a deal, before tax, in the deal's currency: what it came to, and what of that is `credited`."""

    net: Decimal
    credited: Decimal
    cancelled: bool


def credited(amount: Decimal, orders: Sequence[Ordered]) -> Decimal:
    """What of a won deal's amount counts no more: all of it once every order is cancelled, else what of them is
    cancelled or credited. What was ordered beyond the amount, which never counted, is used up first."""
    if orders and all(order.cancelled for order in orders):
        return amount
    less = sum((order.net if order.cancelled else order.credited for order in orders), Decimal(0))
    beyond = max(Decimal(0), sum((order.net for order in orders), Decimal(0)) - amount)
    return min(amount, max(Decimal(0), less - beyond))


def check_taken(position: int, sold: Sold, taken: Taken) -> None:
    """Invalid for more than can be cancelled or can come back."""
    if taken.cancelled > sold.to_ship:
        raise Invalid("lines", "too_many", f"Of line {position} {sold.to_ship} have not left yet.")
    if taken.returned > sold.to_return:
        raise Invalid("lines", "too_many", f"Of line {position} {sold.to_return} can come back.")


def worth(sold: Sold, taken: Taken, currency: str) -> tuple[Decimal, Decimal]:
    """Net and tax of what is taken of a line: its share of what is left of the line's amounts. So all credit notes for
    a line come to exactly the line, however it is cut up and whatever was credited of it by amount."""
    if not sold.uncredited:
        return money.nothing(currency), money.nothing(currency)
    net, tax = (money.part(left, taken.quantity, sold.uncredited, currency) for left in (sold.net, sold.tax))
    return net, tax


def spread(amount: Decimal, left: Sequence[tuple[Decimal, Decimal]], currency: str) -> list[tuple[Decimal, Decimal]]:
    """Net and tax of an amount that is credited by itself, line by line: shared out by what is `left` of each, net and
    tax, so that every rate of tax has its part. Invalid for more than is left, Conflict where nothing is."""
    owed = [net + tax for net, tax in left]
    whole = sum(owed, Decimal(0))
    if not whole:
        raise Conflict("nothing_left", "All of the order is credited.")
    if amount > whole:
        raise Invalid("amount", "too_much", f"{whole} of the order is not credited yet.")
    shares = money.shared_out(amount, owed, currency)
    taxes = [
        money.part(tax, share, net + tax, currency) if share else share
        for share, (net, tax) in zip(shares, left, strict=True)
    ]
    return [(share - tax, tax) for share, tax in zip(shares, taxes, strict=True)]


def check_said(said: Collection[str]) -> None:
    """Invalid unless a credit note is asked for by lines or by an amount."""
    if "lines" not in said and "amount" not in said:
        raise Invalid("lines", "required", "Say which lines are credited, or which amount.")
    if "lines" in said and "amount" in said:
        raise Invalid("amount", "one_of", "Lines say by themselves what they come to.")


def check_same(known: object, asked: object, number: str) -> None:
    """Conflict where a reference that was used comes with something else."""
    if known != asked:
        raise Conflict("reference_used", f"Credit note {number} has this reference, for something else.")


def check_refund(amount: Decimal, refundable: Decimal) -> None:
    """Invalid for more than is to be paid back."""
    if amount > refundable:
        raise Invalid("amount", "too_much", f"{refundable} is to be paid back.")


def number(year: int, count: int) -> str:
    """The number that people call a credit note by: CN-2026-000042."""
    return f"CN-{year}-{count:06d}"
