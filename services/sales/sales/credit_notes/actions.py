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
from chassis.access import load
from chassis.errors import Conflict, Invalid
from sales.credit_notes import rules
from sales.credit_notes.events import tell_issued
from sales.credit_notes.model import CreditLine, CreditNote, NumberRun
from sales.managers import refuse_partners
from sales.orders import receivables
from sales.orders.delivery import find_status
from sales.orders.events import tell
from sales.orders.model import Order, OrderLine, Payment

_FROM_ORDER = ("currency", "owner_id", "team_id", "partner_id")


def credit(session: Session, order_id: UUID, data: dict[str, Any]) -> tuple[CreditNote, bool]:
    """A credit note for lines of an order that are cancelled before they left, or came back; and whether it is new: the
    same reference again is the same note. Invalid for more than there is of a line."""
    order = load(session, Order, order_id, lock=True)
    known = select(CreditNote).filter_by(order_id=order.id, reference=data["reference"])
    if made := session.scalars(known).one_or_none():
        return made, False
    if order.status == "cancelled":
        raise Conflict("order_cancelled", "The order is cancelled.")
    taken = _wanted(order, data["lines"])
    return _issue(session, order, taken, data["reason"], data["reference"]), True


def cancel(session: Session, order_id: UUID, reason: str, *, returned: bool = False) -> Order:
    """Cancel what has not left of an order, with `returned` also what did: a credit note says so, unless nothing left
    and nothing was paid. Conflict where there is nothing to cancel."""
    order = load(session, Order, order_id, lock=True)
    paid = select(func.count()).where(Payment.order_id == order.id)
    if order.status == "placed" and not order.credited and not session.scalar(paid):
        receivables.release(session, order, order.total)
        order.status, order.cancel_reason = "cancelled", reason
        tell(session, "order.cancelled", order)
        return order
    taken = {
        line.position: rules.Taken(sold.to_ship, sold.to_return if returned else Decimal(0))
        for line in order.lines
        if (sold := _sold(line)).to_ship or (returned and sold.to_return)
    }
    if not taken:
        raise Conflict(f"order_{order.status}", f"The order is {order.status}; nothing of it is left to cancel.")
    _issue(session, order, taken, reason)
    return order


def _issue(
    session: Session, order: Order, taken: Mapping[int, rules.Taken], reason: str, reference: str | None = None
) -> CreditNote:
    refuse_partners("credit what was ordered")
    lines = [_credit_line(order, line, taken[line.position]) for line in order.lines if line.position in taken]
    net, tax = (money.total((getattr(one, name) for one in lines), order.currency) for name in ("net", "tax"))
    settled = receivables.release(session, order, net + tax)
    note = CreditNote(
        order_id=order.id, reference=reference, reason=reason, lines=lines, net=net, tax=tax, total=net + tax,
        settled=settled, refundable=net + tax - settled, issued_at=clock.now(),
        **{name: getattr(order, name) for name in _FROM_ORDER},
    )  # fmt: skip
    order.credited += note.total
    status = find_status(session, order)
    if status == "cancelled":
        order.cancel_reason = reason
    order.status = status
    order.touch()
    note.number = rules.number(note.issued_at.year, _next(session, "credit_note", note.issued_at.year))
    session.add(note)
    tell_issued(session, note, order)
    if status == "cancelled":
        tell(session, "order.cancelled", order)
    elif settled:
        receivables.tell_if_paid(session, order)
    return note


def _credit_line(order: Order, line: OrderLine, taken: rules.Taken) -> CreditLine:
    """Its share of the line, which is counted as credited from now on."""
    sold = _sold(line)
    rules.check_taken(line.position, sold, taken)
    net, tax = rules.worth(sold, taken, order.currency)
    line.cancelled += taken.cancelled
    line.returned += taken.returned
    return CreditLine(
        position=line.position, description=line.description, cancelled=taken.cancelled, returned=taken.returned,
        tax_percent=line.tax_percent, net=net, tax=tax, total=net + tax,
    )  # fmt: skip


def _wanted(order: Order, lines: list[dict[str, Any]]) -> dict[int, rules.Taken]:
    known, wanted = {line.position for line in order.lines}, dict[int, rules.Taken]()
    for line in lines:
        position = line["position"]
        if position not in known:
            raise Invalid("lines", "unknown_line", f"The order has no line {position}.")
        before, kind = wanted.get(position, rules.Taken()), "returned" if line["returned"] else "cancelled"
        wanted[position] = rules.Taken(**vars(before) | {kind: getattr(before, kind) + line["quantity"]})
    return wanted


def _sold(line: OrderLine) -> rules.Sold:
    return rules.Sold(
        line.quantity, line.shipped, line.cancelled, line.returned, line.amount - line.tax, line.tax
    )  # fmt: skip


def _next(session: Session, series: str, year: int) -> int:
    """The next number of a series, taken last: whoever takes one waits for those who took one before."""
    session.flush()
    first = insert(NumberRun).values(series=series, year=year, last=1)
    following = first.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": NumberRun.last + 1}
    ).returning(NumberRun.last)
    return session.execute(following).scalar_one()
