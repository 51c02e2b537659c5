"""The yeses that a report needs: submit, approve, reject, recall, withdraw, and paying it back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load, visible
from chassis.errors import Conflict, Forbidden
from sales.approvals.actions import ask, asked_of_me, is_asked, load_to_decide
from sales.approvals.rules import ADMIN, Turn
from sales.expenses import rules
from sales.expenses.actions import check_own
from sales.expenses.events import tell
from sales.expenses.model import ExpenseApproval, ExpenseCategory, ExpenseReport, ExpenseRule
from sales.managers import is_manager, require_manager
from sales.reps.reporting import managers_of

_SHOWN = 200


def submit(session: Session, report_id: UUID) -> ExpenseReport:
    """Ask for the yes of a manager and, over a limit, of further roles; a second time nothing happens. Invalid where a
    line does not keep to the policy."""
    report = load(session, ExpenseReport, report_id, lock=True)
    check_own(report)
    if report.status == "pending":
        return report
    rules.check_status(report.status, *rules.OPEN)
    _check_policy(session, report)
    latest = max((one.round for one in report.approvals), default=0) + 1
    over = select(ExpenseRule.role).where(ExpenseRule.over_amount < report.total).order_by(ExpenseRule.step)
    report.approvals += [
        ExpenseApproval(round=latest, step=step, role=role, status="waiting")
        for step, role in enumerate([None, *session.scalars(over)], start=1)
    ]
    report.status, report.submitted_at = "pending", clock.now()
    tell(session, "expense.submitted", report)
    refresh(session, report)
    return report


def approve(session: Session, report_id: UUID, comment: str | None = None) -> ExpenseReport:
    """Say yes to the step that waits; the last yes approves the report."""
    report, step = _waiting(session, report_id)
    _decide(step, "approved", comment)
    report.touch()
    if not any(one.status == "waiting" for one in report.approvals):
        report.status = "approved"
        tell(session, "expense.approved", report)
    ask(session, report, _turn(session, report), decided=step.step)
    return report


def reject(session: Session, report_id: UUID, comment: str) -> ExpenseReport:
    """Say no, with the reason: its owner may change the report and submit it again."""
    report, step = _waiting(session, report_id)
    _decide(step, "rejected", comment)
    _end(session, report, "rejected", step.step)
    tell(session, "expense.rejected", report)
    return report


def recall(session: Session, report_id: UUID) -> ExpenseReport:
    """Take a submission of one's own back: the report is a draft again."""
    report = load(session, ExpenseReport, report_id, lock=True)
    check_own(report)
    rules.check_status(report.status, "pending")
    _end(session, report, "draft")
    return report


def waiting_for_me(session: Session) -> list[ExpenseReport]:
    """The reports whose step that waits is the actor's: asked, or by reach and role; the oldest first, at most 200."""
    who = actor()
    pending = select(ExpenseReport).where(
        ExpenseReport.status == "pending", ExpenseReport.owner_id.is_distinct_from(who.id)
    )
    oldest = visible(pending, ExpenseReport).order_by(ExpenseReport.submitted_at).limit(_SHOWN)
    asked = asked_of_me(session)
    return [one for one in session.scalars(oldest) if _may_decide(one, asked)]


def refresh(session: Session, report: ExpenseReport) -> None:
    """Ask those whose turn it is with a locked report by now."""
    ask(session, report, _turn(session, report))


def withdraw(session: Session, report_id: UUID, comment: str) -> ExpenseReport:
    """Take the approval of a report back, with the reason, as long as it was not paid: its owner may change it and
    submit it again. Never one's own."""
    report = load(session, ExpenseReport, report_id, lock=True)
    require_manager("whether an expense report is approved")
    _refuse_own(report)
    rules.check_status(report.status, "approved")
    last = report.approvals[-1]
    step = ExpenseApproval(round=last.round, step=last.step + 1, role=None)
    _decide(step, "withdrawn", comment)
    report.approvals.append(step)
    report.status = "rejected"
    tell(session, "expense.withdrawn", report)
    return report


def reimburse(session: Session, report_id: UUID, reference: str | None = None) -> ExpenseReport:
    """Note that an approved report was paid back; a second time nothing happens. Never one's own."""
    report = load(session, ExpenseReport, report_id, lock=True)
    require_manager("what is paid back")
    _refuse_own(report)
    if report.status == "reimbursed":
        return report
    rules.check_status(report.status, "approved")
    report.status, report.payment_reference = "reimbursed", reference
    report.reimbursed_at, report.reimbursed_by = clock.now(), actor().id
    return report


def _check_policy(session: Session, report: ExpenseReport) -> None:
    ids = {line.category_id for line in report.lines}
    found = {one.id: one for one in session.scalars(select(ExpenseCategory).where(ExpenseCategory.id.in_(ids)))}
    rules.check_policy(
        [
            rules.Spent(
                line.base_amount,
                line.receipt_id is not None or line.allowance_kind is not None,
                found[line.category_id].max_amount,
                found[line.category_id].receipt_over,
            )
            for line in report.lines
        ]
    )


def _waiting(session: Session, report_id: UUID) -> tuple[ExpenseReport, ExpenseApproval]:
    """The report and its first waiting step, for somebody who may decide on it: each step is another person's."""
    report = load_to_decide(session, ExpenseReport, report_id)
    _refuse_own(report)
    rules.check_status(report.status, "pending")
    step = next((one for one in report.approvals if one.status == "waiting"), None)
    if step is None:
        raise Conflict("expense_decided", "No step of the approval waits.")
    if not is_asked(session, report_id):
        if step.role is None:
            require_manager("whether an expense report is approved")
        elif step.role not in actor().roles:
            raise Forbidden(f"This step needs the role {step.role}.", "not_the_approver")
    if _decided_before(report, step):
        raise Forbidden("Each step is decided by somebody else.", "decided_before")
    return report, step


def _decided_before(report: ExpenseReport, step: ExpenseApproval) -> bool:
    return any(one.round == step.round and one.decided_by == actor().id for one in report.approvals)


def _may_decide(report: ExpenseReport, asked: Collection[UUID]) -> bool:
    step = next((one for one in report.approvals if one.status == "waiting"), None)
    if step is None or _decided_before(report, step):
        return False
    by_right = is_manager() if step.role is None else step.role in actor().roles
    return by_right or report.id in asked


def _refuse_own(report: ExpenseReport) -> None:
    if actor().id == report.owner_id:
        raise Forbidden("Nobody decides on expenses of their own.", "own_expenses")


def _decide(step: ExpenseApproval, status: str, comment: str | None) -> None:
    step.status, step.comment, step.decided_by, step.decided_at = status, comment, actor().id, clock.now()


def _end(session: Session, report: ExpenseReport, status: str, decided: int | None = None) -> None:
    report.status = status
    for step in report.approvals:
        if step.status == "waiting":
            step.status = "recalled"
    ask(session, report, None, decided=decided)


def _turn(session: Session, report: ExpenseReport) -> Turn | None:
    """The first step is that of the nearest manager above the owner; without one, an administrator's."""
    waits = (one for one in report.approvals if one.status == "waiting")
    step = next(waits, None) if report.status == "pending" else None
    if step is None or report.owner_id is None:
        return None
    decided = {one.decided_by for one in report.approvals if one.round == step.round and one.decided_by}
    manager = () if step.role else tuple(managers_of(session, report.owner_id)[:1])
    return Turn(step.step, manager, step.role or ADMIN, report.team_id, frozenset({report.owner_id, *decided}))
