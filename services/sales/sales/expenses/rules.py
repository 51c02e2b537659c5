"""What an expense report has to keep to, who approves it, and what may become of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from chassis import money
from chassis.errors import Conflict, FieldError, Invalid

LIMIT = Decimal("9999999999999999.99")  # the most that is shown of an amount
KINDS = ("per_diem", "mileage")
VEHICLES = ("car", "electric_car", "motorcycle", "bicycle")
OPEN = ("draft", "rejected")
BY = ("deal", "campaign", "rep", "category", "month")


@dataclass(frozen=True)
class Spent:
    """A line as the policy sees it: amounts in the base currency, None where the category sets no bound. An allowance
    counts as one with a receipt."""

    base_amount: Decimal
    has_receipt: bool
    max_amount: Decimal | None
    receipt_over: Decimal | None


def check_line(place: int, spent_on: date, amount: Decimal, tax: Decimal, today: date) -> None:
    """Invalid for an expense of tomorrow, or with more tax than it came to."""
    if spent_on > today:
        raise Invalid(f"lines.{place}.spent_on", "future", "Money is spent today at the latest.")
    if tax > amount:
        raise Invalid(f"lines.{place}.tax", "over_amount", "The amount includes the tax; it cannot be less.")


def check_amount(place: int, said: Collection[str], *, by_allowance: bool) -> None:
    """Invalid for a line with neither an amount nor an allowance, and for one with both."""
    if by_allowance:
        for name in said:
            raise Invalid(f"lines.{place}.{name}", "computed", f"The {name} is that of the allowance.")
    elif "amount" not in said:
        raise Invalid(f"lines.{place}.amount", "required", "Say what it came to, or by which allowance.")


def check_code(kind: str, code: str, countries: Collection[str]) -> None:
    """Invalid for a per diem of no country (ISO 3166-1 alpha-2), and for kilometres of no vehicle."""
    if code not in (countries if kind == "per_diem" else VEHICLES):
        choices = "a country of ISO 3166-1" if kind == "per_diem" else ", ".join(VEHICLES)
        raise Invalid("code", "unknown_code", f"Must be {choices}.")


def check_days(place: int, first: date, days: Decimal, today: date) -> None:
    """Invalid for a per diem of days that are still to come."""
    if ceil(days) > (today - first).days + 1:
        raise Invalid(f"lines.{place}.allowance.quantity", "future", "Days are paid when they are over.")


def allowed(place: int, rate: Decimal, quantity: Decimal, currency: str) -> Decimal:
    """What an allowance comes to, rounded half up to the unit of its currency. Invalid where that is nothing, or
    cannot be kept."""
    amount = money.rounded(rate * quantity, currency)
    if not 0 < amount <= LIMIT:
        raise Invalid(f"lines.{place}.amount", "out_of_range", f"It comes to {amount}.")
    return amount


def total(amounts: Iterable[Decimal], currency: str) -> Decimal:
    """The sum of the lines; Invalid where it cannot be kept."""
    found = money.total(amounts, currency)
    if found > LIMIT:
        raise Invalid("lines", "too_large", f"A report comes to at most {LIMIT} in the base currency.")
    return found


def check_policy(lines: Sequence[Spent]) -> None:
    """Invalid, naming every line that is over the limit of its category or lacks a receipt."""
    errors = []
    for place, line in enumerate(lines):
        if line.max_amount is not None and line.base_amount > line.max_amount:
            detail = f"This category allows {line.max_amount} at most."
            errors.append(FieldError(f"lines.{place}.amount", "over_limit", detail))
        if line.receipt_over is not None and line.base_amount > line.receipt_over and not line.has_receipt:
            detail = f"This category asks for a receipt over {line.receipt_over}."
            errors.append(FieldError(f"lines.{place}.receipt_id", "receipt_needed", detail))
    if errors:
        raise Invalid.many(errors)


def check_status(status: str, *allowed: str) -> None:
    """Conflict unless a report is in one of the states."""
    if status not in allowed:
        raise Conflict(f"expense_{status}", f"The report is {status}; this needs one that is {' or '.join(allowed)}.")


def check_never_submitted(approvals: int) -> None:
    """Conflict for a report that was handed in before: what was decided on it stays."""
    if approvals:
        raise Conflict("was_submitted", "The report was submitted before; it cannot be deleted.")


def number(year: int, count: int) -> str:
    """The number that people call a report by: EX-2026-000042."""
    return f"EX-{year}-{count:06d}"
