"""What a credit note comes to, and how it settles what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chassis import money
from chassis.errors import Invalid

_NONE = Decimal("0.000")


@dataclass(frozen=True)
class Sold:
    """A line of an order: how many were sold, left, were cancelled before they left and came back; what they cost."""

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
    def credited(self) -> Decimal:
        """How many are credited already."""
        return self.cancelled + self.returned


@dataclass(frozen=True)
class Taken:
    """What a credit note takes of a line."""

    cancelled: Decimal = _NONE
    returned: Decimal = _NONE

    @property
    def quantity(self) -> Decimal:
        """How many of it."""
        return self.cancelled + self.returned


def check_taken(position: int, sold: Sold, taken: Taken) -> None:
    """Invalid for more than can be cancelled or can come back."""
    if taken.cancelled > sold.to_ship:
        raise Invalid("lines", "too_many", f"Of line {position} {sold.to_ship} have not left yet.")
    if taken.returned > sold.to_return:
        raise Invalid("lines", "too_many", f"Of line {position} {sold.to_return} can come back.")


def worth(sold: Sold, taken: Taken, currency: str) -> tuple[Decimal, Decimal]:
    """Net and tax of what is taken of a line. Each is rounded as a share of what was credited so far, so that all
    credit notes for a line come to exactly the line, however it is cut up."""
    before, after = sold.credited, sold.credited + taken.quantity
    net, tax = (
        _share(whole, after, sold.quantity, currency) - _share(whole, before, sold.quantity, currency)
        for whole in (sold.net, sold.tax)
    )  # fmt: skip
    return net, tax


def check_refund(amount: Decimal, refundable: Decimal) -> None:
    """Invalid for more than is to be paid back."""
    if amount > refundable:
        raise Invalid("amount", "too_much", f"{refundable} is to be paid back.")


def number(year: int, count: int) -> str:
    """The number that people call a credit note by: CN-2026-000042."""
    return f"CN-{year}-{count:06d}"


def _share(whole: Decimal, of: Decimal, quantity: Decimal, currency: str) -> Decimal:
    return money.part(whole, of, quantity, currency)
