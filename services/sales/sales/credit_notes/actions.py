"""Credit what was cancelled or came back, and cancel orders."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.errors import Conflict
from sales.credit_notes import deals, lines, rules
from sales.credit_notes.events import tell_issued
from sales.credit_notes.model import CreditLine, CreditNote, NumberRun
from sales.managers import refuse_partners
from sales.orders import receivables
from sales.orders.delivery import find_status
from sales.orders.events import tell
from sales.orders.model import Order, Payment

_FROM_ORDER = ("currency", "owner_id", "team_id", "partner_id")


def credit(session: Session, order_id: UUID, data: dict[str, Any]) -> tuple[CreditNote, bool]:
    """A credit note for lines of an order that are cancelled before they left, or came back, or for an `amount` by
    itself; and whether it is new: the same reference again is the same note. Invalid for more than there is of a line,
    or of the order."""
    rules.check_said(data.keys())
    order, deal = deals.lock(session, order_id)
    data = data | money.in_units(data, order.currency, "amount")
    known = select(CreditNote).filter_by(order_id=order.id, reference=data["reference"])
    if made := session.scalars(known).one_or_none():
        _check_same(order, made, data)
        return made, False
    if order.status == "cancelled":
        raise Conflict("order_cancelled", "The order is cancelled.")
    if "lines" in data:
        credited = lines.by_quantity(session, order, lines.wanted(order, data["lines"]))
    else:
        credited = lines.by_amount(session, order, data["amount"])
    note = _issue(session, order, credited, data["reason"], data["reference"])
    deals.reckon(session, deal)
    return note, True


def cancel(session: Session, order_id: UUID, reason: str, *, returned: bool = False) -> Order:
    """Cancel what has not left of an order, with `returned` also what did: a credit note says so, unless nothing left
    and nothing was paid, or all of it is credited already. Conflict where there is nothing to cancel."""
    order, deal = deals.lock(session, order_id)
    _cancel(session, order, reason, returned)
    deals.reckon(session, deal)
    return order


def _cancel(session: Session, order: Order, reason: str, returned: bool) -> None:
    paid = select(func.count()).where(Payment.order_id == order.id)
    if order.status == "placed" and not order.credited and not session.scalar(paid):
        receivables.release(session, order, order.total)
        order.status, order.cancel_reason = "cancelled", reason
        tell(session, "order.cancelled", order)
        return
    taken = {
        position: rules.Taken(sold.to_ship, sold.to_return if returned else Decimal(0))
        for position, sold in lines.sold(session, order).items()
        if sold.to_ship or (returned and sold.to_return)
    }
    if not taken:
        raise Conflict(f"order_{order.status}", f"The order is {order.status}; nothing of it is left to cancel.")
    credited = lines.by_quantity(session, order, taken)
    if any(line.total for line in credited):
        _issue(session, order, credited, reason)
    else:  # all of it was credited by amount
        refuse_partners("credit what was ordered")
        _find_status(session, order, reason)
        _tell_cancelled(session, order)


def _issue(
    session: Session, order: Order, credited: list[CreditLine], reason: str, reference: str | None = None
) -> CreditNote:
    refuse_partners("credit what was ordered")
    net, tax = (money.total((getattr(one, name) for one in credited), order.currency) for name in ("net", "tax"))
    settled = receivables.release(session, order, net + tax)
    note = CreditNote(
        order_id=order.id, reference=reference, reason=reason, lines=credited, net=net, tax=tax, total=net + tax,
        settled=settled, refundable=net + tax - settled, issued_at=clock.now(),
        **{name: getattr(order, name) for name in _FROM_ORDER},
    )  # fmt: skip
    order.credited += note.total
    _find_status(session, order, reason)
    note.number = rules.number(note.issued_at.year, _next(session, "credit_note", note.issued_at.year))
    session.add(note)
    tell_issued(session, note, order)
    if not _tell_cancelled(session, order) and settled:
        receivables.tell_if_paid(session, order)
    return note


def _find_status(session: Session, order: Order, reason: str) -> None:
    order.status = find_status(session, order)
    if order.status == "cancelled":
        order.cancel_reason = reason
    order.touch()


def _tell_cancelled(session: Session, order: Order) -> bool:
    if order.status == "cancelled":
        tell(session, "order.cancelled", order)
    return order.status == "cancelled"


def _check_same(order: Order, note: CreditNote, data: Mapping[str, Any]) -> None:
    """Conflict where the note that has the reference says something else."""
    if "lines" in data:
        noted = {line.position: rules.Taken(line.cancelled, line.returned) for line in note.lines}
        rules.check_same(noted, lines.wanted(order, data["lines"]), note.number)
    else:
        by_amount = not any(line.cancelled or line.returned for line in note.lines)
        rules.check_same((note.total, by_amount), (data["amount"], True), note.number)


def _next(session: Session, series: str, year: int) -> int:
    """The next number of a series, taken last: whoever takes one waits for those who took one before."""
    session.flush()
    first = insert(NumberRun).values(series=series, year=year, last=1)
    following = first.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": NumberRun.last + 1}
    ).returning(NumberRun.last)
    return session.execute(following).scalar_one()
