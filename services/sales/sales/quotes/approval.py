"""The yeses that a quote over a limit needs: submit, approve, reject, delegate, recall, and what waits for whom."""

from __future__ import annotations

from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import actor, load, visible
from chassis.errors import Conflict, Invalid, NotFound
from sales.approvals.actions import ask
from sales.currencies.actions import in_base
from sales.managers import require_manager
from sales.products.model import PriceBook, Product
from sales.quotes import limits, rules
from sales.quotes.approvers import Standing, check_decides, check_delegates, end_steps, standing
from sales.quotes.events import tell
from sales.quotes.model import Approval, ApprovalRule, Quote
from sales.quotes.turns import next_turn
from sales.reps.actions import find_rep
from sales.reps.reporting import managers_of
from sales.settings import settings

_LIMIT = [field.name for field in fields(limits.Limit)]
_SHOWN = 200


def submit(session: Session, quote_id: UUID) -> Quote:
    """Ask for the yeses that a draft needs; without any it is approved at once. A second time nothing happens."""
    quote = load(session, Quote, quote_id, lock=True)
    if quote.status in ("pending", "approved"):
        return quote
    rules.check_status(quote.status, "draft")
    rules.check_valid(quote.valid_until, clock.now().date())
    steps = _needed(session, quote)
    latest = max((one.round for one in quote.approvals), default=0) + 1
    quote.approvals += [
        Approval(
            round=latest, step=place, role=step.role, approver_id=step.approver_id, reason=step.reason,
            status="waiting",
        )
        for place, step in enumerate(steps, start=1)
    ]  # fmt: skip
    quote.submitted_by, quote.status = actor().id, "pending" if steps else "approved"
    tell(session, "quote.submitted" if steps else "quote.approved", quote)
    next_turn(session, quote)
    return quote


def approve(session: Session, quote_id: UUID, comment: str | None = None, step: int | None = None) -> Quote:
    """Say yes to the step that waits; the last yes approves the quote. `step`: only if it is this one's turn."""
    who, quote, steps = _asked(session, quote_id)
    decided = check_decides(who, quote, steps, step)
    _decide(decided, "approved", comment)
    quote.touch()
    if not any(one.status == "waiting" for one in quote.approvals):
        quote.status = "approved"
        tell(session, "quote.approved", quote)
    next_turn(session, quote, decided.step)
    return quote


def reject(session: Session, quote_id: UUID, comment: str, step: int | None = None) -> Quote:
    """Say no to the step that waits: the quote is a draft again."""
    who, quote, steps = _asked(session, quote_id)
    decided = check_decides(who, quote, steps, step)
    _decide(decided, "rejected", comment)
    _back_to_draft(session, quote, decided.step)
    tell(session, "quote.rejected", quote)
    return quote


def delegate(session: Session, quote_id: UUID, user_id: UUID) -> Quote:
    """Let another user decide on the step that waits: nobody who decided on a step already, nor whose quote it is."""
    who, quote, steps = _asked(session, quote_id)
    waiting = check_delegates(who, quote, steps)
    find_rep(session, user_id, "user_id")
    if user_id in (quote.submitted_by, quote.owner_id):
        raise Conflict("own_quote", "Nobody approves a quote of their own.")
    if any(one.decided_by == user_id for one in steps):
        raise Conflict("step_decided", "They decided on a step of this already; each is decided by somebody else.")
    if waiting.delegate_id != user_id:
        waiting.delegate_id = user_id
        quote.touch()
        next_turn(session, quote)
    return quote


def recall(session: Session, quote_id: UUID) -> Quote:
    """Take a submission back, or an approval that was not used: the quote is a draft again."""
    quote = load(session, Quote, quote_id, lock=True)
    rules.check_status(quote.status, "pending", "approved")
    _back_to_draft(session, quote)
    return quote


def waiting_for_me(session: Session) -> list[Quote]:
    """The quotes whose step that waits is the actor's, the oldest first; at most 200."""
    who = standing(session)
    theirs = select(Approval.quote_id).where(Approval.status == "waiting", who.waiting())
    pending = select(Quote).where(Quote.status == "pending", Quote.id.in_(theirs)).order_by(Quote.created_at)
    found = session.scalars(pending.limit(_SHOWN)).all()
    reached = set(session.scalars(visible(select(Quote.id).where(Quote.id.in_([one.id for one in found])), Quote)))
    return [quote for quote in found if _is_for(who, quote, reached)]


def add_rule(session: Session, data: dict[str, Any]) -> ApprovalRule:
    """A new limit; it holds for what is submitted from now on."""
    require_manager("limits")
    if data["over_percent"] is None and data["over_amount"] is None:
        raise Invalid("over_percent", "required", "A limit says over which discount or amount.")
    if data["over_percent"] is None and (data["per_line"] or data["product_id"] or data["book_id"]):
        raise Invalid("over_percent", "required", "A limit of lines is one of their discount.")
    for name, model in (("product_id", Product), ("book_id", PriceBook)):
        if data[name] and session.get(model, data[name]) is None:
            raise Invalid(name, "unknown", "There is none with this id.")
    rule = ApprovalRule(**data | money.in_units(data, settings().currency, "over_amount"))
    session.add(rule)
    return rule


def remove_rule(session: Session, rule: ApprovalRule) -> None:
    """Take a limit away."""
    require_manager("limits")
    session.delete(rule)


def _needed(session: Session, quote: Quote) -> list[limits.Step]:
    found = session.scalars(select(ApprovalRule).order_by(ApprovalRule.step, ApprovalRule.id))
    known = [limits.Limit(**{name: getattr(one, name) for name in _LIMIT}) for one in found]
    base_net = in_base(session, quote.net, quote.currency, clock.now().date())
    seller = quote.owner_id or actor().id
    above = managers_of(session, seller) if seller else []
    managers = [one for one in above if one not in (actor().id, quote.owner_id)]
    return limits.needed(known, _lines(session, quote), base_net, actor().roles, managers)


def _lines(session: Session, quote: Quote) -> list[limits.Line]:
    ids = {line.product_id for line in quote.lines if line.product_id}
    variants: Any = session.execute(select(Product.id, Product.variant_of).where(Product.id.in_(ids)))
    products = {id_: frozenset({id_, whole} - {None}) for id_, whole in variants}
    return [
        limits.Line(
            max(line.gross, rules.line_gross(line.quantity, line.list_price or rules.NOTHING, quote.currency)),
            line.gross - line.discount,
            products.get(line.product_id, frozenset()),  # type: ignore[arg-type]
            line.book_id,
        )
        for line in quote.lines
    ]


def _asked(session: Session, quote_id: UUID) -> tuple[Standing, Quote, list[Approval]]:
    """For whom the actor decides, the pending quote, locked, and the steps of its latest round. Who is asked by name
    need not reach the quote otherwise."""
    quote = session.scalars(
        select(Quote).where(Quote.id == quote_id).with_for_update(of=Quote).execution_options(populate_existing=True)
    ).one_or_none()
    if quote is None:
        raise NotFound("quote")
    who = standing(session)
    latest = max((one.round for one in quote.approvals), default=0)
    steps = [one for one in quote.approvals if one.round == latest]
    if not any(who.by_name(step) for step in steps):
        load(session, Quote, quote_id)
    rules.check_status(quote.status, "pending")
    return who, quote, steps


def _is_for(who: Standing, quote: Quote, reached: set[UUID]) -> bool:
    """Whether the step that waits is theirs, and the quote not their own nor out of reach."""
    step = next(one for one in quote.approvals if one.status == "waiting")
    own = who.id in (quote.submitted_by, quote.owner_id)
    return who.decides(step) and not own and (quote.id in reached or who.by_name(step))


def _decide(step: Approval, status: str, comment: str | None) -> None:
    step.status, step.comment, step.decided_by, step.decided_at = status, comment, actor().id, clock.now()


def _back_to_draft(session: Session, quote: Quote, decided: int | None = None) -> None:
    quote.status = "draft"
    end_steps(quote)
    ask(session, quote, None, decided=decided)
