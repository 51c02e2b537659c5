"""Days and kilometres that are paid by a rate, without a receipt."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Invalid
from chassis.schema.standards import countries
from sales.expenses import rules
from sales.expenses.model import ExpenseAllowance
from sales.managers import require_manager


def add(session: Session, data: dict[str, Any]) -> ExpenseAllowance:
    """A rate from a day on. The database refuses a second one of the same day."""
    require_manager("allowances")
    rules.check_code(data["kind"], data["code"], countries())
    allowance = ExpenseAllowance(**data)
    session.add(allowance)
    return allowance


def change(session: Session, allowance: ExpenseAllowance, changes: dict[str, Any]) -> ExpenseAllowance:  # noqa: ARG001
    """Correct a rate. What was entered under it keeps its amount."""
    require_manager("allowances")
    allowance.rate = changes["rate"]
    return allowance


def remove(session: Session, allowance: ExpenseAllowance) -> None:
    """Take a rate away. What was entered under it keeps its amount."""
    require_manager("allowances")
    session.delete(allowance)


def priced(session: Session, place: int, data: dict[str, Any], today: date) -> dict[str, Any]:
    """What is said of a line, as the columns of one. Of an allowance the amount is the rate of its day times the days
    or kilometres. Invalid where both are said, none, or no rate is known."""
    line = {name: value for name, value in data.items() if name not in ("allowance", "amount", "currency")}
    said = {name: data[name] for name in ("amount", "currency") if data.get(name) is not None}
    asked = data.get("allowance")
    rules.check_amount(place, said, by_allowance=asked is not None)
    if asked is None:
        return line | said
    kind, quantity = asked["kind"], asked["quantity"]
    if kind == "per_diem":
        rules.check_days(place, data["spent_on"], quantity, today)
    rate, currency = _rate_on(session, place, kind, asked["code"], data["spent_on"])
    amount = rules.allowed(place, rate, quantity, currency)
    made = {"allowance_kind": kind, "allowance_code": asked["code"], "quantity": quantity, "unit_rate": rate}
    return line | made | {"amount": amount, "currency": currency}


def _rate_on(session: Session, place: int, kind: str, code: str, on: date) -> tuple[Decimal, str]:
    newest = select(ExpenseAllowance.rate, ExpenseAllowance.currency).where(
        ExpenseAllowance.kind == kind, ExpenseAllowance.code == code, ExpenseAllowance.valid_from <= on
    )
    found = session.execute(newest.order_by(ExpenseAllowance.valid_from.desc()).limit(1)).one_or_none()
    if found is None:
        raise Invalid(f"lines.{place}.allowance", "no_allowance", f"No {kind} of {code} is known on {on}.")
    return found.rate, found.currency
