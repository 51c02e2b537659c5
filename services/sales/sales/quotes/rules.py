"""What a quote comes to, who has to approve it, and what may become of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from chassis import money
from chassis.errors import Conflict, Invalid

_ZERO, _HUNDRED = Decimal(0), Decimal(100)
_PERCENT = Decimal("0.01")
NOTHING = Decimal("0.00")
UNDECIDED = ("draft", "pending", "approved", "sent")
LIMIT = Decimal("9999999999999999.99")  # the most that is shown of an amount


@dataclass(frozen=True)
class Item:
    """A line as it is asked for; percentages 0 to 100."""

    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    tax_percent: Decimal


@dataclass(frozen=True)
class Sums:
    """`gross` - `discount` = `net`, `net` + `tax` = `total`; of a line, or of a quote (the sums of its lines)."""

    gross: Decimal
    discount: Decimal
    tax: Decimal

    @property
    def net(self) -> Decimal:
        """After discount, before tax."""
        return self.gross - self.discount

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.net + self.tax


def price(items: Sequence[Item], discount_percent: Decimal, currency: str) -> tuple[list[Sums], Sums]:
    """The sums of each line and of the quote, every one in whole units of the currency and exactly adding up.

    Each line is rounded half up. The discount of the whole is a percentage of the lines after their own discounts,
    rounded once, and shared out in units by largest remainder, so that tax can be taken line by line.
    """
    gross = [line_gross(item.quantity, item.unit_price, currency) for item in items]
    if sum(gross) > LIMIT / 2:  # tax of 100 % still fits
        raise Invalid("lines", "too_large", f"A quote comes to at most {LIMIT / 2:.2f} before tax.")
    own = [_part(amount, item.discount_percent, currency) for amount, item in zip(gross, items, strict=True)]
    left = [amount - less for amount, less in zip(gross, own, strict=True)]
    shares = money.shared_out(_part(sum(left, _ZERO), discount_percent, currency), left, currency)
    lines = [
        Sums(amount, less + more, _part(amount - less - more, item.tax_percent, currency))
        for amount, less, more, item in zip(gross, own, shares, items, strict=True)
    ]
    return lines, add(lines, currency)


def line_gross(quantity: Decimal, unit_price: Decimal, currency: str) -> Decimal:
    """Quantity times price, rounded half up to the unit of the currency."""
    return money.rounded(quantity * unit_price, currency)


def add(lines: Iterable[Sums], currency: str) -> Sums:
    """The sums of a quote."""
    gross = discount = tax = money.nothing(currency)
    for line in lines:
        gross, discount, tax = gross + line.gross, discount + line.discount, tax + line.tax
    return Sums(gross, discount, tax)


def check_status(status: str, *allowed: str) -> None:
    """Conflict unless a quote is in one of the states."""
    if status not in allowed:
        raise Conflict(f"quote_{status}", f"The quote is {status}; this needs one that is {' or '.join(allowed)}.")


def check_valid(valid_until: date, today: date) -> None:
    """Conflict once a quote's last day is over."""
    if valid_until < today:
        raise Conflict("quote_expired", f"The quote was valid until {valid_until}.")


def check_future(valid_until: date, today: date) -> None:
    """Invalid for a last day that is over already."""
    if valid_until < today:
        raise Invalid("valid_until", "past", "A quote is valid until today at least.")


def number(year: int, count: int) -> str:
    """The number that people call a quote by: QU-2026-000042."""
    return f"QU-{year}-{count:06d}"


def percent_of(part: Decimal, whole: Decimal) -> Decimal:
    """What per cent `part` is of `whole`, to two places; 0 of nothing."""
    return (part * _HUNDRED / whole).quantize(_PERCENT, rounding=ROUND_HALF_UP) if whole else NOTHING


def _part(amount: Decimal, percent: Decimal, currency: str) -> Decimal:
    return money.part(amount, percent, _HUNDRED, currency)
