"""Write expense reports, and keep the policy they are held to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import actor, visible
from chassis.errors import Forbidden, Invalid
from sales.currencies.actions import need_rate
from sales.currencies.rules import convert
from sales.deals.model import Deal
from sales.expenses import allowances, receipts, rules
from sales.expenses.model import NUMBERS, ExpenseCategory, ExpenseLine, ExpenseReport, ExpenseRule
from sales.managers import require_manager
from sales.reps.actions import my_day, set_owner
from sales.settings import settings


def create_report(session: Session, data: dict[str, Any]) -> ExpenseReport:
    """A draft of the user who acts. Forbidden for partners and API clients, who are paid nothing back."""
    if actor().kind != "user":
        raise Forbidden("An expense report belongs to a user.", "not_a_user")
    report = ExpenseReport(title=data["title"], status="draft", currency=settings().currency)
    set_owner(report, actor())
    report.number = rules.number(clock.now().year, session.scalar(select(NUMBERS.next_value())) or 0)
    report.lines = _lines(session, data["lines"], None)
    report.total = rules.total((line.base_amount for line in report.lines), report.currency)
    session.add(report)
    return report


def change_report(session: Session, report: ExpenseReport, changes: dict[str, Any]) -> ExpenseReport:
    """Change a draft, or one that was rejected, of one's own."""
    check_own(report)
    rules.check_status(report.status, *rules.OPEN)
    if "title" in changes:
        report.title = changes["title"]
    if "lines" in changes:
        made = _lines(session, changes["lines"], report.id)
        report.total = rules.total((line.base_amount for line in made), report.currency)
        report.lines.clear()
        session.flush()  # the new lines take the places of the old
        report.lines = made
        report.touch()
    return report


def remove_report(session: Session, report: ExpenseReport) -> None:
    """Throw a draft of one's own away. What was ever handed in stays."""
    check_own(report)
    rules.check_status(report.status, "draft")
    rules.check_never_submitted(len(report.approvals))
    session.delete(report)


def check_own(report: ExpenseReport) -> None:
    """Forbidden for anybody but the owner: nobody says what somebody else spent."""
    if actor().id != report.owner_id:
        raise Forbidden("Only its owner may do this with an expense report.", "not_the_owner")


def add_category(session: Session, data: dict[str, Any]) -> ExpenseCategory:
    """Something else that money may be spent on."""
    require_manager("expense categories")
    category = ExpenseCategory(**data | _bounds(data))
    session.add(category)
    return category


def change_category(session: Session, category: ExpenseCategory, changes: dict[str, Any]) -> ExpenseCategory:  # noqa: ARG001
    """Other bounds; they hold for what is submitted from now on."""
    require_manager("expense categories")
    for name, value in (changes | _bounds(changes)).items():
        setattr(category, name, value)
    return category


def add_rule(session: Session, data: dict[str, Any]) -> ExpenseRule:
    """A limit over which a second role is asked; it holds for what is submitted from now on."""
    require_manager("limits")
    rule = ExpenseRule(**data | money.in_units(data, settings().currency, "over_amount"))
    session.add(rule)
    return rule


def remove_rule(session: Session, rule: ExpenseRule) -> None:
    """Take a limit away."""
    require_manager("limits")
    session.delete(rule)


def _bounds(data: dict[str, Any]) -> dict[str, Decimal]:
    return money.in_units(data, settings().currency, "max_amount", "receipt_over")


def _lines(session: Session, asked: list[dict[str, Any]], report_id: UUID | None) -> list[ExpenseLine]:
    _check_known(session, asked)
    _check_receipts(session, asked, report_id)
    rates: dict[tuple[str, date], Decimal] = {}
    today = my_day(session)
    return [_line(session, place, data, today, rates) for place, data in enumerate(asked)]


def _line(
    session: Session, place: int, data: dict[str, Any], today: date, rates: dict[tuple[str, date], Decimal]
) -> ExpenseLine:  # fmt: skip
    made = {"currency": settings().currency} | allowances.priced(session, place, data, today)
    made |= money.in_units(made, made["currency"], "amount", "tax", at=f"lines.{place}.")
    rules.check_line(place, made["spent_on"], made["amount"], made["tax"], today)
    line = ExpenseLine(position=place + 1, **made)
    day = line.currency, line.spent_on
    if day not in rates:
        rates[day] = need_rate(session, *day, f"lines.{place}.currency")
    line.base_rate, line.base_amount = rates[day], convert(line.amount, rates[day], settings().currency)
    return line


def _check_known(session: Session, asked: list[dict[str, Any]]) -> None:
    """Invalid for a category that is not to be chosen, or a deal out of reach."""
    active = select(ExpenseCategory.id).where(ExpenseCategory.active)
    categories = set(session.scalars(active.where(ExpenseCategory.id.in_(_ids(asked, "category_id")))))
    deals = set(session.scalars(visible(select(Deal.id).where(Deal.id.in_(_ids(asked, "deal_id"))), Deal)))
    for place, line in enumerate(asked):
        if line["category_id"] not in categories:
            raise Invalid(f"lines.{place}.category_id", "unknown_category", "There is no such category to choose.")
        if line.get("deal_id") and line["deal_id"] not in deals:
            raise Invalid(f"lines.{place}.deal_id", "unknown_deal", "There is no deal with this id.")


def _check_receipts(session: Session, asked: list[dict[str, Any]], report_id: UUID | None) -> None:
    """Invalid for a receipt that is not one's own, or that another report has."""
    free = receipts.usable(session, _ids(asked, "receipt_id"), report_id)
    for place, line in enumerate(asked):
        receipt_id = line.get("receipt_id")
        if receipt_id and receipt_id not in free:
            raise Invalid(f"lines.{place}.receipt_id", "unknown_receipt", "You have no receipt with this id.")
        if receipt_id and not free[receipt_id]:
            raise Invalid(f"lines.{place}.receipt_id", "receipt_used", "Another report has this receipt.")


def _ids(asked: list[dict[str, Any]], name: str) -> list[UUID]:
    return sorted({line[name] for line in asked if line.get(name)})
