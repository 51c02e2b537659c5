"""Whose turn it is with a quote, and to whom that goes on."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.instants import instant_text
from sales.approvals.actions import ask
from sales.approvals.people import has_left, successor
from sales.approvals.rules import ADMIN, Turn
from sales.quotes.events import tell_turn
from sales.quotes.model import Approval, Quote
from sales.told import text


def refresh(session: Session, quote: Quote) -> None:
    """Ask those whose turn it is with a locked quote by now. What waited for somebody who left, or whose own the quote
    became, goes on to their deputy, else a manager above them, else an administrator, and that is told."""
    if _pass_on(session, quote):
        next_turn(session, quote)
    else:
        ask(session, quote, _turn(quote))


def next_turn(session: Session, quote: Quote, decided: int | None = None) -> None:
    """Ask and tell whose turn it is now, if it is anybody's, after the actor decided on a step."""
    _pass_on(session, quote)
    ask(session, quote, _turn(quote), decided=decided)
    waiting = waiting_step(quote)
    if waiting is not None:
        tell_turn(session, quote, waiting)


def _turn(quote: Quote) -> Turn | None:
    step = waiting_step(quote)
    if step is None:
        return None
    named = tuple(filter(None, (step.delegate_id or step.approver_id,)))
    return Turn(step.step, named, step.role, quote.team_id, _barred(quote, step))


def _pass_on(session: Session, quote: Quote) -> bool:
    """Let the step that waits go on from who left, or may not decide because the quote became theirs; whether it
    does."""
    step = waiting_step(quote)
    if step is None:
        return False
    known = len(step.passed or ())
    barred = _barred(quote, step)
    if step.delegate_id is not None and _cannot(session, step.delegate_id, quote):
        _note_passed(quote, step, step.delegate_id, step.approver_id, "delegate")
        step.delegate_id = None
    if step.approver_id is not None and step.delegate_id is None and _cannot(session, step.approver_id, quote):
        next_id, why = successor(session, step.approver_id, barred)
        _note_passed(quote, step, step.approver_id, next_id, why)
        step.approver_id, step.role = next_id, step.role if next_id else ADMIN
    return len(step.passed or ()) > known


def _cannot(session: Session, user_id: UUID, quote: Quote) -> bool:
    return user_id in (quote.submitted_by, quote.owner_id) or has_left(session, user_id)


def _note_passed(quote: Quote, step: Approval, from_id: UUID, to_id: UUID | None, why: str) -> None:
    ids = {"from_id": str(from_id), "to_id": text(to_id)}
    step.passed = [*(step.passed or ()), ids | {"why": why, "at": instant_text(clock.now())}]
    quote.touch()


def _barred(quote: Quote, step: Approval) -> frozenset[UUID]:
    decided = {one.decided_by for one in quote.approvals if one.round == step.round and one.status == "approved"}
    return frozenset({quote.submitted_by, quote.owner_id, *decided} - {None})  # type: ignore[arg-type]


def waiting_step(quote: Quote) -> Approval | None:
    """The step of a pending quote that waits for a yes."""
    waits = (one for one in quote.approvals if one.status == "waiting")
    return next(waits, None) if quote.status == "pending" else None
