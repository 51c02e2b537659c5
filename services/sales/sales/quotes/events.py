"""What the others are told of a quote."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.events import emit
from sales.quotes.model import Approval, Quote
from sales.told import text


def tell_turn(session: Session, quote: Quote, step: Approval) -> None:
    """Emit quote.approval_due: whose yes a quote waits for now, by name or by role."""
    session.flush()
    asked = {"step": step.step, "role": step.role, "approver_id": text(step.delegate_id or step.approver_id)}
    emit(session, "quote.approval_due", quote, _state(quote) | {"approval": asked})


def tell(session: Session, type_: str, quote: Quote) -> None:
    """Emit an event of the quote: its state after the change. Neither the link nor what people wrote
    stands in it."""
    session.flush()
    emit(session, type_, quote, _state(quote))


def _state(quote: Quote) -> dict[str, Any]:
    ids = ("deal_id", "person_id", "company_id", "owner_id", "team_id", "partner_id")
    return {
        "quote_id": str(quote.id),
        "number": quote.number,
        "revision": quote.revision,
        "status": quote.status,
        **{name: text(getattr(quote, name)) for name in ids},
        "currency": quote.currency,
        "net": str(quote.net),
        "tax": str(quote.tax),
        "total": str(quote.total),
        "valid_until": quote.valid_until.isoformat(),
    }
