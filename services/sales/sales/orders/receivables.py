"""What is to be paid for an order, and when."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.errors import Conflict
from sales.orders import rules
from sales.orders.events import tell
from sales.orders.model import Instalment, Order, Payment
from sales.settings import settings


def plan(session: Session, order_id: UUID, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Set the instalments of an order, as InstalmentOut, in the order of their days. Conflict once money came in."""
    order = load(session, Order, order_id, lock=True)
    _check_alive(order)
    if session.scalar(select(Payment.reference).where(Payment.order_id == order.id).limit(1)):
        raise Conflict("order_paid", "Money came in already; the plan stays.")
    rules.check_plan([one["amount"] for one in wanted], order.total)
    for old in _instalments(session, order.id):
        session.delete(old)
    session.flush()
    for position, one in enumerate(sorted(wanted, key=lambda one: one["due_on"]), start=1):
        made = Instalment(order_id=order.id, position=position, paid=Decimal("0.00"), overdue_told=False, **one)
        session.add(made)
    session.flush()
    return show(session, order.id)


def pay(session: Session, order_id: UUID, reference: str, amount: Decimal) -> list[dict[str, Any]]:
    """Settle instalments with money that came in, the first due first; once per reference."""
    order = load(session, Order, order_id, lock=True)
    known = session.get(Payment, (order.id, reference))
    if known and known.amount != amount:
        raise Conflict("reference_used", f"A payment of {known.amount} has this reference.")
    if known is None:
        _check_alive(order)
        due = _instalments(session, order.id)
        shares = rules.share_payment(amount, [one.amount - one.paid for one in due])
        for instalment, part in zip(due, shares, strict=True):
            instalment.paid += part
        session.add(Payment(order_id=order.id, reference=reference, amount=amount, paid_at=clock.now()))
        session.flush()
        if sum((one.paid for one in due), Decimal(0)) == order.total:
            order.touch()
            tell(session, "order.paid", order)
    return show(session, order.id)


def show(session: Session, order_id: UUID) -> list[dict[str, Any]]:
    """The instalments of an order within reach, as InstalmentOut."""
    order, today = load(session, Order, order_id), clock.now().date()
    return [
        {"position": one.position, "due_on": one.due_on, "amount": one.amount, "paid": one.paid,
         "status": rules.instalment_status(one.amount, one.paid, one.due_on, today)}
        for one in _instalments(session, order.id)
    ]  # fmt: skip


def tell_overdue(session: Session, now: datetime) -> int:
    """Tell once of each instalment whose day is over; how many. In batches."""
    late = (
        select(Instalment, Order)
        .join(Order, Order.id == Instalment.order_id)
        .where(Instalment.due_on < now.date(), Instalment.paid < Instalment.amount, ~Instalment.overdue_told)
        .where(Order.status != "cancelled")
        .limit(settings().sweep_batch)
        .with_for_update(skip_locked=True)
    )
    found = session.execute(late).all()
    for instalment, order in found:
        instalment.overdue_told = True
        order.touch()
        left = str(instalment.amount - instalment.paid)
        told = {"position": instalment.position, "due_on": instalment.due_on.isoformat(), "open": left}
        tell(session, "order.overdue", order, instalment=told)
    return len(found)


def _check_alive(order: Order) -> None:
    if order.status == "cancelled":
        raise Conflict("order_cancelled", "The order is cancelled.")


def _instalments(session: Session, order_id: UUID) -> list[Instalment]:
    return list(session.scalars(select(Instalment).filter_by(order_id=order_id).order_by(Instalment.position)))
