"""What the others are told of an expense report."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.events import emit
from sales.expenses.model import ExpenseLine, ExpenseReport
from sales.told import text


def tell(session: Session, type_: str, report: ExpenseReport) -> None:
    """Emit an event of the report: its state after the change. Nothing that people wrote stands in it."""
    session.flush()
    data = {
        "report_id": str(report.id),
        "number": report.number,
        "status": report.status,
        "owner_id": text(report.owner_id),
        "team_id": text(report.team_id),
        "currency": report.currency,
        "total": str(report.total),
        "lines": [_line(line) for line in report.lines],
    }
    emit(session, type_, report, data)


def _line(line: ExpenseLine) -> dict[str, Any]:
    return {
        "category_id": str(line.category_id),
        "spent_on": line.spent_on.isoformat(),
        "base_amount": str(line.base_amount),
        "deal_id": text(line.deal_id),
        "campaign_id": text(line.campaign_id),
    }
