"""What was spent, line by line over all reports: the file that finance takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import ColumnElement, Row, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis.access import visible
from chassis.errors import BadRequest
from chassis.http.reading import Reading
from chassis.schema import fields
from sales.expenses.model import ExpenseCategory, ExpenseLine, ExpenseReport
from sales.expenses.schema import SpentOut
from sales.reps.model import Rep

_OF_REPORT = ("number", "title", "status", "owner_id", "team_id", "submitted_at", "reimbursed_at", "payment_reference")


def within_reach() -> ColumnElement[bool]:
    """Of the lines those whose report the caller reaches."""
    mine = visible(select(ExpenseReport.id), ExpenseReport)
    return true() if mine.whereclause is None else ExpenseLine.report_id.in_(mine)


def with_reports(session: Session, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """The lines as SpentOut shows them: three statements for a batch of them."""
    columns = (getattr(ExpenseReport, name) for name in ("id", "currency", *_OF_REPORT))
    found = session.execute(select(*columns).where(ExpenseReport.id.in_({row.report_id for row in rows})))
    reports = {row.id: row._asdict() for row in found}
    named = select(ExpenseCategory.id, ExpenseCategory.name)
    categories = dict(session.execute(named.where(ExpenseCategory.id.in_({row.category_id for row in rows}))).all())
    owners = {report["owner_id"] for report in reports.values()}
    names = dict(session.execute(select(Rep.id, Rep.name).where(Rep.id.in_(owners))).all())
    return [
        {
            **row._mapping, **{name: report[name] for name in _OF_REPORT}, "base_currency": report["currency"],
            "category": categories.get(row.category_id), "owner": names.get(report["owner_id"]),
        }
        for row in rows
        if (report := reports[row.report_id])
    ]  # fmt: skip


def _of(column: InstrumentedAttribute[Any], reader: fields.Field) -> Callable[[str], ColumnElement[bool]]:
    def by(text: str) -> ColumnElement[bool]:
        try:
            wanted = reader.deserialize(text)
        except ValidationError as error:
            raise BadRequest(column.key, "not_valid", str(error.messages[0])) from None
        return ExpenseLine.report_id.in_(select(ExpenseReport.id).where(column == wanted))

    by.__doc__ = f"The {column.key} of the report."
    return by


SPENDING = Reading(
    ExpenseLine,
    path="expense-lines",
    read=SpentOut,
    filters=("spent_on", "report_id", "category_id", "deal_id", "campaign_id", "currency"),
    sorts=("spent_on", "report_id", "position"),
    default_sort="spent_on,report_id,position",
    finders={
        "status": _of(ExpenseReport.status, fields.String()),
        "owner_id": _of(ExpenseReport.owner_id, fields.Id()),
        "team_id": _of(ExpenseReport.team_id, fields.Id()),
    },
    where=within_reach,
    complete=with_reports,
)
