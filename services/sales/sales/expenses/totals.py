"""What approved expenses come to, by deal, campaign, rep, category or month."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.orm import Session

from chassis import money
from chassis.access import visible
from sales.expenses.model import ExpenseLine, ExpenseReport
from sales.settings import settings

_MOST = 200
_KEYS: dict[str, Any] = {
    "deal": cast(ExpenseLine.deal_id, Text),
    "campaign": cast(ExpenseLine.campaign_id, Text),
    "rep": cast(ExpenseReport.owner_id, Text),
    "category": cast(ExpenseLine.category_id, Text),
    "month": func.to_char(ExpenseLine.spent_on, "YYYY-MM"),
}


def totals(session: Session, by: str, from_: date | None, to: date | None) -> dict[str, Any]:
    """Approved and reimbursed expenses within reach, as TotalsOut: two statements, however many there are."""
    count, amount = func.count().label("count"), func.sum(ExpenseLine.base_amount).label("amount")
    key = _KEYS[by].label("key")
    grouped = _spent((key, count, amount), from_, to).group_by(key).order_by(amount.desc(), key).limit(_MOST)
    whole = session.execute(_spent((count, amount), from_, to)).one()
    return {
        "by": by,
        "currency": settings().currency,
        "groups": [row._asdict() for row in session.execute(grouped)],
        "total": {"key": None, "count": whole.count, "amount": whole.amount or money.nothing(settings().currency)},
    }


def _spent(columns: tuple[Any, ...], from_: date | None, to: date | None) -> Select[Any]:
    statement = select(*columns).join_from(ExpenseLine, ExpenseReport, ExpenseLine.report_id == ExpenseReport.id)
    statement = statement.where(ExpenseReport.status.in_(("approved", "reimbursed")))
    if from_ is not None:
        statement = statement.where(ExpenseLine.spent_on >= from_)
    if to is not None:
        statement = statement.where(ExpenseLine.spent_on <= to)
    return visible(statement, ExpenseReport)
