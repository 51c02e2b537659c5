"""The yeses that a quote over a limit needs: submit, approve, reject, delegate, recall."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Conflict, Forbidden, NotFound
from sales.currencies.actions import in_base
from sales.managers import require_manager
from sales.quotes import rules
from sales.quotes.events import tell
from sales.quotes.model import Approval, ApprovalRule, Quote
from sales.reps.actions import find_rep


def submit(session: Session, quote_id: UUID) -> Quote:
    """Ask for the yeses that a draft needs; without any it is approved at once. A second time nothing happens."""
    quote = load(session, Quote, quote_id, lock=True)
    if quote.status in ("pending", "approved"):
        return quote
    rules.check_status(quote.status, "draft")
    rules.check_valid(quote.valid_until, clock.now().date())
    limits = [
        rules.Limit(one.step, one.role, one.over_percent, one.over_amount)
        for one in session.scalars(select(ApprovalRule))
    ]
    sums = rules.Sums(quote.gross, quote.discount, quote.tax)
    steps = rules.needed(limits, sums, in_base(session, quote.net, quote.currency, clock.now().date()))
    latest = max((one.round for one in quote.approvals), default=0) + 1
    quote.approvals += [
        Approval(round=latest, step=step, role=limit.role, reason=reason, status="waiting")
        for step, (limit, reason) in enumerate(steps, start=1)
    ]
    quote.submitted_by, quote.status = actor().id, "pending" if steps else "approved"
    tell(session, "quote.submitted" if steps else "quote.approved", quote)
    return quote


def approve(session: Session, quote_id: UUID, comment: str | None = None) -> Quote:
    """Say yes to the step that waits; the last yes approves the quote."""
    quote, step = _waiting(session, quote_id)
    _decide(step, "approved", comment)
    quote.touch()
    if not any(one.status == "waiting" for one in quote.approvals):
        quote.status = "approved"
        tell(session, "quote.approved", quote)
    return quote


def reject(session: Session, quote_id: UUID, comment: str) -> Quote:
    """Say no to the step that waits: the quote is a draft again."""
    quote, step = _waiting(session, quote_id)
    _decide(step, "rejected", comment)
    _back_to_draft(quote)
    tell(session, "quote.rejected", quote)
    return quote


def delegate(session: Session, quote_id: UUID, user_id: UUID) -> Quote:
    """Let another user decide on the step that waits. Who submitted the quote cannot be that one."""
    quote, step = _waiting(session, quote_id)
    find_rep(session, user_id, "user_id")
    if user_id == quote.submitted_by:
        raise Conflict("own_quote", "Nobody approves a quote of their own.")
    step.delegate_id = user_id
    quote.touch()
    return quote


def recall(session: Session, quote_id: UUID) -> Quote:
    """Take a submission back, or an approval that was not used: the quote is a draft again."""
    quote = load(session, Quote, quote_id, lock=True)
    rules.check_status(quote.status, "pending", "approved")
    _back_to_draft(quote)
    return quote


def add_rule(session: Session, data: dict[str, Any]) -> ApprovalRule:
    """A new limit; it holds for what is submitted from now on."""
    require_manager("limits")
    rule = ApprovalRule(**data)
    session.add(rule)
    return rule


def remove_rule(session: Session, rule: ApprovalRule) -> None:
    """Take a limit away."""
    require_manager("limits")
    session.delete(rule)


def _waiting(session: Session, quote_id: UUID) -> tuple[Quote, Approval]:
    """The quote and its first waiting step. A delegate need not reach the quote otherwise."""
    quote = session.scalars(
        select(Quote).where(Quote.id == quote_id).with_for_update(of=Quote).execution_options(populate_existing=True)
    ).one_or_none()
    if quote is None:
        raise NotFound("quote")
    step = next((one for one in quote.approvals if one.status == "waiting"), None)
    if step is None or step.delegate_id != actor().id:
        load(session, Quote, quote_id)
    rules.check_status(quote.status, "pending")
    if step is None:
        raise Conflict("quote_decided", "No step of the approval waits.")
    who = actor()
    if who.id in (quote.submitted_by, quote.owner_id):
        raise Forbidden("Nobody approves a quote of their own.", "own_quote")
    if step.role not in who.roles and (step.delegate_id is None or step.delegate_id != who.id):
        raise Forbidden(f"This step needs the role {step.role}, or to be delegated to you.", "not_the_approver")
    return quote, step


def _decide(step: Approval, status: str, comment: str | None) -> None:
    step.status, step.comment, step.decided_by, step.decided_at = status, comment, actor().id, clock.now()


def _back_to_draft(quote: Quote) -> None:
    quote.status = "draft"
    for step in quote.approvals:
        if step.status == "waiting":
            step.status = "recalled"
