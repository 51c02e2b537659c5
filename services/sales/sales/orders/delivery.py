"""Ship orders, in parts or whole, and note their arrival."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.errors import Invalid, NotFound
from sales.orders import rules
from sales.orders.events import tell
from sales.orders.model import NONE, Order, Shipment
from sales.told import text


def ship(session: Session, order_id: UUID, data: dict[str, Any]) -> tuple[Shipment, bool]:
    """A shipment of what is named, or of all that is left; and whether it is new."""
    order = load(session, Order, order_id, lock=True)
    known = select(Shipment).filter_by(order_id=order.id, reference=data["reference"])
    if made := session.scalars(known).one_or_none():
        return made, False
    rules.check_shippable(order.status)
    by_position = {line.position: line for line in order.lines}
    left = {
        line.position: still for line in order.lines if (still := line.quantity - line.shipped - line.cancelled) > 0
    }
    wanted = _wanted(data["lines"]) if "lines" in data else left
    for position, quantity in wanted.items():
        if position not in by_position:
            raise Invalid("lines", "unknown_line", f"The order has no line {position}.")
        rules.check_quantity(position, quantity, left.get(position, NONE))
        by_position[position].shipped += quantity
    lines = {str(position): str(quantity) for position, quantity in wanted.items()}
    about = {name: data.get(name) for name in ("reference", "carrier", "expected_on")}
    shipment = Shipment(order_id=order.id, lines=lines, shipped_at=clock.now(), **about)
    session.add(shipment)
    order.status = find_status(session, order)
    order.touch()
    tell(session, "order.shipped", order, shipment=told(shipment))
    return shipment, True


def arrive(session: Session, order_id: UUID, shipment_id: UUID) -> Shipment:
    """Note that a shipment arrived, once; with the last the order is delivered."""
    order = load(session, Order, order_id, lock=True)
    shipment = find_shipment(session, order, shipment_id)
    if shipment.delivered_at is None:
        shipment.delivered_at = clock.now()
        order.status = find_status(session, order)
        order.touch()
        tell(session, "order.delivered", order, shipment=told(shipment))
    return shipment


def find_shipment(session: Session, order: Order, shipment_id: UUID) -> Shipment:
    """A shipment of the order; NotFound where it has none with this id."""
    shipment = session.get(Shipment, shipment_id)
    if shipment is None or shipment.order_id != order.id:
        raise NotFound("shipment")
    return shipment


def told(shipment: Shipment) -> dict[str, Any]:
    """What events hold of a shipment."""
    return {
        "shipment_id": str(shipment.id), "reference": shipment.reference, "lines": shipment.lines,
        "carrier": shipment.carrier, "expected_on": text(shipment.expected_on),
    }  # fmt: skip


def find_status(session: Session, order: Order) -> str:
    """The state that an order is in by its lines and shipments."""
    session.flush()
    under_way = select(func.count()).where(Shipment.order_id == order.id, Shipment.delivered_at.is_(None))
    lines = [rules.Progress(one.quantity, one.shipped, one.cancelled, one.returned) for one in order.lines]
    return rules.status_of(lines, session.scalar(under_way) or 0)


def _wanted(lines: list[dict[str, Any]]) -> dict[int, Decimal]:
    wanted: dict[int, Decimal] = {}
    for line in lines:
        wanted[line["position"]] = wanted.get(line["position"], NONE) + line["quantity"]
    return wanted
