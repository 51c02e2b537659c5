"""What is to be paid back for an order, and what was."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import load
from chassis.errors import Conflict
from sales.credit_notes import rules
from sales.credit_notes.model import CreditNote, Refund
from sales.managers import refuse_partners
from sales.orders import receivables
from sales.orders.events import tell
from sales.orders.model import Order, Payment


def refund(session: Session, order_id: UUID, reference: str, amount: Decimal) -> dict[str, Any]:
    """Note money that was paid back, once per reference; the order's balance. Invalid for more than is due back."""
    refuse_partners("pay back")
    order = load(session, Order, order_id, lock=True)
    amount = money.accepted(amount, order.currency, "amount")
    known = session.get(Refund, (order.id, reference))
    if known and known.amount != amount:
        raise Conflict("reference_used", f"A refund of {known.amount} has this reference.")
    if known is None:
        rules.check_refund(amount, _balance(session, order)["refundable"])
        session.add(Refund(order_id=order.id, reference=reference, amount=amount, refunded_at=clock.now()))
        session.flush()
        order.touch()
        left = _balance(session, order)["refundable"]
        tell(session, "order.refunded", order, refund={"amount": str(amount), "still_refundable": str(left)})
    return _balance(session, order)


def balance(session: Session, order_id: UUID) -> dict[str, Any]:
    """What an order within reach came to, as BalanceOut."""
    return _balance(session, load(session, Order, order_id))


def _balance(session: Session, order: Order) -> dict[str, Any]:
    paid, surplus = _sums(session, order, Payment, Payment.amount, Payment.surplus)
    (refundable,) = _sums(session, order, CreditNote, CreditNote.refundable)
    (refunded,) = _sums(session, order, Refund, Refund.amount)
    return {
        "order_id": order.id, "currency": order.currency, "total": order.total, "credited": order.credited,
        "paid": paid, "refunded": refunded, "open": receivables.still_open(session, order),
        "refundable": surplus + refundable - refunded,
    }  # fmt: skip


def _sums(session: Session, order: Order, model: Any, *columns: Any) -> list[Decimal]:
    sums = session.execute(select(*map(func.sum, columns)).where(model.order_id == order.id)).one()
    return [money.rounded(found or Decimal(0), order.currency) for found in sums]
