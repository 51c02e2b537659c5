"""What an expense report has to keep to, who approves it, and what may become of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chassis.errors import Conflict, FieldError, Invalid

NOTHING = Decimal("0.00")
LIMIT = Decimal("9999999999999999.99")  # Numeric(18, 2)
OPEN = ("draft", "rejected")
BY = ("deal", "campaign", "rep", "category", "month")


@dataclass(frozen=True)
class Spent:
    """A line as the policy sees it: amounts in the base currency, None where the category sets no bound."""

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


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of the lines; Invalid where it cannot be kept."""
    found = sum(amounts, NOTHING)
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
