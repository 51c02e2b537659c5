"""What is to be paid for an order, and when."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis import clock, money
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
    parts = [
        one | money.in_units(one, order.currency, "amount", at=f"instalments.{place}.")
        for place, one in enumerate(wanted)
    ]  # fmt: skip
    rules.check_plan([one["amount"] for one in parts], order.total - order.credited)
    for old in _instalments(session, order.id):
        session.delete(old)
    session.flush()
    for position, one in enumerate(sorted(parts, key=lambda one: one["due_on"]), start=1):
        _add(session, order, position, **one)
    session.flush()
    return show(session, order.id)


def pay(
    session: Session, order_id: UUID, reference: str, amount: Decimal, accept_surplus: bool = False
) -> list[dict[str, Any]]:
    """Settle instalments with money that came in, the first due first; once per reference. An order that nobody planned
    is due in one from then on. What is more than is open is refused, or, with `accept_surplus`, to be paid back: so is
    money for an order that is cancelled."""
    order = load(session, Order, order_id, lock=True)
    amount = money.accepted(amount, order.currency, "amount")
    known = session.get(Payment, (order.id, reference))
    if known and known.amount != amount:
        raise Conflict("reference_used", f"A payment of {known.amount} has this reference.")
    if known is None:
        if not accept_surplus:
            _check_alive(order)
        due = _instalments(session, order.id) or _in_one(session, order)
        still = money.total((one.open for one in due), order.currency)
        shares, surplus = rules.share_payment(amount, [one.open for one in due])
        rules.check_surplus(surplus, still, accepted=accept_surplus)
        for instalment, part in zip(due, shares, strict=True):
            instalment.paid += part
        session.add(
            Payment(order_id=order.id, reference=reference, amount=amount, surplus=surplus, paid_at=clock.now())
        )
        order.touch()
        if amount < still:
            payment = {"amount": str(amount), "still_open": str(still - amount)}
            tell(session, "order.part_paid", order, payment=payment)
        elif still:
            tell(session, "order.paid", order)
    return show(session, order.id)


def release(session: Session, order: Order, amount: Decimal) -> Decimal:
    """Take what is owed no more of a locked order off its instalments, the last due first; how much of it was open.
    Without a plan nothing was paid, and all of it was."""
    due = _instalments(session, order.id)
    if not due:
        return amount
    parts = rules.take_off([one.open for one in due], amount)
    for instalment, part in zip(due, parts, strict=True):
        instalment.released += part
    return money.total(parts, order.currency)


def still_open(session: Session, order: Order) -> Decimal:
    """What is still to be paid for an order."""
    due = _instalments(session, order.id)
    if due:
        return money.total((one.open for one in due), order.currency)
    return money.nothing(order.currency) if order.status == "cancelled" else order.total - order.credited


def tell_if_paid(session: Session, order: Order) -> None:
    """Say that an order is paid, where what was still open of it has just been credited and the rest had come in."""
    due = _instalments(session, order.id)
    if any(one.paid for one in due) and not any(one.open for one in due):
        tell(session, "order.paid", order)


def show(session: Session, order_id: UUID) -> list[dict[str, Any]]:
    """The instalments of an order within reach, as InstalmentOut."""
    order, today = load(session, Order, order_id), clock.now().date()
    return [
        {"position": one.position, "due_on": one.due_on, "amount": one.amount, "paid": one.paid,
         "released": one.released,
         "status": rules.instalment_status(one.amount, one.paid, one.released, one.due_on, today)}
        for one in _instalments(session, order.id)
    ]  # fmt: skip


def tell_due(session: Session, now: datetime) -> int:
    """Tell once of each instalment whose day has come; how many. In batches."""
    return _tell(session, "order.due", Instalment.due_told, Instalment.due_on <= now.date())


def tell_overdue(session: Session, now: datetime) -> int:
    """Tell once of each instalment whose day is over; how many. In batches."""
    return _tell(session, "order.overdue", Instalment.overdue_told, Instalment.due_on < now.date())


def _tell(session: Session, type_: str, told: InstrumentedAttribute[bool], due: ColumnElement[bool]) -> int:
    owed = Instalment.paid < Instalment.amount, Instalment.paid + Instalment.released < Instalment.amount
    wanted = (
        select(Instalment, Order)
        .join(Order, Order.id == Instalment.order_id)
        .where(due, ~told, *owed, Order.status != "cancelled")
        .limit(settings().sweep_batch)
        .with_for_update(skip_locked=True)
    )
    found = session.execute(wanted).all()
    for instalment, order in found:
        setattr(instalment, told.key, True)
        order.touch()
        about = {
            "position": instalment.position, "due_on": instalment.due_on.isoformat(), "open": str(instalment.open)
        }  # fmt: skip
        tell(session, type_, order, instalment=about)
    return len(found)


def _check_alive(order: Order) -> None:
    if order.status == "cancelled":
        raise Conflict("order_cancelled", "The order is cancelled.")


def _in_one(session: Session, order: Order) -> list[Instalment]:
    """All that is still to be paid of an order without a plan as one instalment of today; none where it is nothing."""
    owed = still_open(session, order)
    return [_add(session, order, 1, due_on=clock.now().date(), amount=owed)] if owed else []


def _add(session: Session, order: Order, position: int, due_on: date, amount: Decimal) -> Instalment:
    none = money.nothing(order.currency)
    made = Instalment(
        order_id=order.id, position=position, due_on=due_on, amount=amount, paid=none, released=none, overdue_told=False
    )
    session.add(made)
    return made


def _instalments(session: Session, order_id: UUID) -> list[Instalment]:
    return list(session.scalars(select(Instalment).filter_by(order_id=order_id).order_by(Instalment.position)))
