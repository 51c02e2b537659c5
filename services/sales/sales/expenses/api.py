"""Routes of expenses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from chassis.http.export import MEDIA, ExportQuery, export
from chassis.http.streaming import Download
from chassis.storage import form_with, sent_file, serve, storage
from sales.expenses import actions, allowances, approval, policy_schema, receipts, schema
from sales.expenses.model import ExpenseAllowance, ExpenseCategory, ExpenseReceipt, ExpenseReport, ExpenseRule
from sales.expenses.settings import max_body
from sales.expenses.spending import SPENDING
from sales.expenses.totals import totals

_REPORT = "/expense-reports/<uuid:report_id>"
_REFUSED = (403, 404, 409)

api = Api("expenses", scope="sales", internal=True)
api.add(
    Resource(
        ExpenseReport,
        path="expense-reports",
        read=schema.ReportOut,
        create=schema.ReportIn,
        update=schema.ReportPatch,
        filters=("number", "status", "owner_id", "team_id", "total", "submitted_at", "created_at"),
        sorts=("total",),
        on_create=actions.create_report,
        on_update=actions.change_report,
        on_delete=actions.remove_report,
        exported=True,
    )
)
api.add(
    Resource(
        ExpenseCategory,
        path="expense-categories",
        read=policy_schema.CategoryOut,
        create=policy_schema.CategoryIn,
        update=policy_schema.CategoryPatch,
        filters=("name", "active"),
        on_create=actions.add_category,
        on_update=actions.change_category,
    )
)
api.add(
    Resource(
        ExpenseRule,
        path="expense-rules",
        read=policy_schema.RuleOut,
        create=policy_schema.RuleIn,
        on_create=actions.add_rule,
        on_delete=actions.remove_rule,
    )
)

api.add(
    Resource(
        ExpenseAllowance,
        path="expense-allowances",
        read=policy_schema.AllowanceOut,
        create=policy_schema.AllowanceIn,
        update=policy_schema.AllowancePatch,
        filters=("kind", "code", "valid_from", "currency"),
        sorts=("valid_from",),
        on_create=allowances.add,
        on_update=allowances.change,
        on_delete=allowances.remove,
    )
)
api.add(
    Resource(
        ExpenseReceipt,
        path="expense-receipts",
        read=schema.ReceiptOut,
        filters=("owner_id", "team_id", "sha256", "created_at"),
        on_delete=receipts.remove,
    )
)


@api.post(
    "/expense-receipts", body=schema.ReceiptIn, form=form_with(), returns=schema.ReceiptOut, status=201,
    errors=(403, 413), consumes=("multipart/form-data",), max_body=max_body,
)  # fmt: skip
def add_receipt(session: Session, body: dict[str, Any]) -> ExpenseReceipt:  # noqa: ARG001 - nothing beside the file
    """Send a receipt: a PDF or a picture, by its content. The same content is the same receipt."""
    sent = sent_file()
    return receipts.add(session, sent.stream, sent.filename or "")


@api.get("/expense-receipts/<uuid:receipt_id>/content", produces="*/*", also=(206, 304), errors=(404, 410, 416))
def download_receipt(session: Session, receipt_id: UUID) -> Response:
    """Download a receipt."""
    kept = receipts.readable(session, receipt_id)
    return serve(storage(session), sha256=kept.sha256, size=kept.size, media=kept.media_type, name=kept.name)


@api.get("/expense-reports/totals", query=schema.TotalsQuery, returns=schema.TotalsOut, errors=(403, 422))
def show_totals(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """Approved expenses by deal, campaign, rep, category or month."""
    return totals(session, **query)


@api.get(
    "/expense-lines/export", query=ExportQuery, extra_query=SPENDING.parameters(), streamed=True, produces=MEDIA["csv"],
    also_produces=(MEDIA["xlsx"], MEDIA["ndjson"]),
)  # fmt: skip
def export_lines(session: Session, query: dict[str, str]) -> Download:
    """Take expenses away as a file, line by line with their reports.

    CSV (UTF-8), XLSX or NDJSON of the lines of all reports within reach, by day unless sorted otherwise; in CSV, text
    that a spreadsheet would run as a formula has an apostrophe before it.
    """
    return export(SPENDING, session, query)


@api.post(f"{_REPORT}/submit", returns=schema.ReportOut, errors=(*_REFUSED, 422))
def submit(session: Session, report_id: UUID) -> ExpenseReport:
    """Ask for the approval of a report: of a manager and, over a limit, of further roles."""
    return approval.submit(session, report_id)


@api.post(f"{_REPORT}/approve", body=schema.DecisionIn, returns=schema.ReportOut, errors=_REFUSED)
def approve(session: Session, report_id: UUID, body: dict[str, Any]) -> ExpenseReport:
    """Say yes to the step that waits."""
    return approval.approve(session, report_id, **body)


@api.post(f"{_REPORT}/reject", body=schema.RejectIn, returns=schema.ReportOut, errors=_REFUSED)
def reject(session: Session, report_id: UUID, body: dict[str, Any]) -> ExpenseReport:
    """Say no, with the reason: the report can be changed and submitted again."""
    return approval.reject(session, report_id, **body)


@api.post(f"{_REPORT}/recall", returns=schema.ReportOut, errors=_REFUSED)
def recall(session: Session, report_id: UUID) -> ExpenseReport:
    """Take a submission back."""
    return approval.recall(session, report_id)


@api.post(f"{_REPORT}/withdraw", body=schema.RejectIn, returns=schema.ReportOut, errors=_REFUSED)
def withdraw(session: Session, report_id: UUID, body: dict[str, Any]) -> ExpenseReport:
    """Take an approval back, with the reason, before it is paid: the report can be changed and submitted again."""
    return approval.withdraw(session, report_id, **body)


@api.post(f"{_REPORT}/reimburse", body=schema.ReimburseIn, returns=schema.ReportOut, errors=_REFUSED)
def reimburse(session: Session, report_id: UUID, body: dict[str, Any]) -> ExpenseReport:
    """Note that an approved report was paid back."""
    return approval.reimburse(session, report_id, **body)
