"""What a credit note says of the lines of an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.errors import Invalid
from sales.credit_notes import rules
from sales.credit_notes.model import CreditLine, CreditNote
from sales.orders.model import Order, OrderLine


def sold(session: Session, order: Order) -> dict[int, rules.Sold]:
    """The lines of a locked order, by position, as far as they are not credited yet."""
    sums = select(CreditLine.position, func.sum(CreditLine.net), func.sum(CreditLine.tax))
    noted = sums.join(CreditNote, CreditNote.id == CreditLine.credit_note_id).where(CreditNote.order_id == order.id)
    rows: Any = session.execute(noted.group_by(CreditLine.position))
    credited = {position: (net, tax) for position, net, tax in rows}
    return {line.position: _sold(line, *credited.get(line.position, (0, 0))) for line in order.lines}


def wanted(order: Order, lines: Sequence[Mapping[str, Any]]) -> dict[int, rules.Taken]:
    """What is asked for, by position. Invalid for a line that the order does not have."""
    known, found = {line.position for line in order.lines}, dict[int, rules.Taken]()
    for line in lines:
        position = line["position"]
        if position not in known:
            raise Invalid("lines", "unknown_line", f"The order has no line {position}.")
        before, kind = found.get(position, rules.Taken()), "returned" if line["returned"] else "cancelled"
        found[position] = rules.Taken(**vars(before) | {kind: getattr(before, kind) + line["quantity"]})
    return found


def by_quantity(session: Session, order: Order, taken: Mapping[int, rules.Taken]) -> list[CreditLine]:
    """Lines of a credit note for what is cancelled or came back, which is counted as credited from now on."""
    left, made = sold(session, order), []
    for line in order.lines:
        if (part := taken.get(line.position)) is None:
            continue
        rules.check_taken(line.position, left[line.position], part)
        made.append(_line(line, part, *rules.worth(left[line.position], part, order.currency)))
        line.cancelled += part.cancelled
        line.returned += part.returned
    return made


def by_amount(session: Session, order: Order, amount: Decimal) -> list[CreditLine]:
    """Lines of a credit note for an amount by itself: whatever was sold stays so, but costs less."""
    left = sold(session, order)
    owed = [(left[line.position].net, left[line.position].tax) for line in order.lines]
    parts = rules.spread(amount, owed, order.currency)
    return [
        _line(line, rules.Taken(), net, tax) for line, (net, tax) in zip(order.lines, parts, strict=True) if net or tax
    ]  # fmt: skip


def _line(line: OrderLine, taken: rules.Taken, net: Decimal, tax: Decimal) -> CreditLine:
    return CreditLine(
        position=line.position, description=line.description, cancelled=taken.cancelled, returned=taken.returned,
        tax_percent=line.tax_percent, net=net, tax=tax, total=net + tax,
    )  # fmt: skip


def _sold(line: OrderLine, net: Decimal, tax: Decimal) -> rules.Sold:
    left = line.amount - line.tax - net, line.tax - tax
    return rules.Sold(line.quantity, line.shipped, line.cancelled, line.returned, *left)
