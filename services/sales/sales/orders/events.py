"""What the others are told of an order."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.events import emit
from sales.orders.model import Order, OrderLine
from sales.told import text


def tell_placed(session: Session, order: Order) -> None:
    """Emit order.placed. It holds nothing personal: descriptions of lines are of goods. What a quote said, that people
    write for their customer, is only referred to."""
    session.flush()  # gives the order its id
    emit(session, "order.placed", order, _state(order))


def _state(order: Order) -> dict[str, Any]:
    return {
        "order_id": str(order.id),
        "number": order.number,
        "deal_id": str(order.deal_id),
        "person_id": text(order.person_id),
        "company_id": text(order.company_id),
        "owner_id": text(order.owner_id),
        "team_id": text(order.team_id),
        "partner_id": text(order.partner_id),
        "campaign_id": text(order.campaign_id),
        "total": str(order.total),
        "currency": order.currency,
        "lines": [_line(order, line) for line in order.lines],
        "placed_at": order.placed_at.isoformat(),
    }


def _line(order: Order, line: OrderLine) -> dict[str, Any]:
    return {
        "description": f"{order.number}/{line.position}" if order.quote_id else line.description,
        "product_id": text(line.product_id),
        "quantity": str(line.quantity),
        "unit_price": str(line.unit_price),
        "discount": str(line.discount),
        "tax": str(line.tax),
        "amount": str(line.amount),
    }


def tell(session: Session, type_: str, order: Order, **more: Any) -> None:
    """Emit an event of an order's delivery, cancellation or payment."""
    session.flush()
    kept = ("order_id", "number", "deal_id", "person_id", "company_id", "owner_id", "team_id", "partner_id", "total",
            "currency")  # fmt: skip
    state = _state(order)
    emit(session, type_, order, {name: state[name] for name in kept} | {"status": order.status} | more)
