"""What a customer is told of an order on its way: news of shipments, and the link to look it up."""

from __future__ import annotations

from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.errors import Conflict, Invalid, NotFound
from chassis.links import hash_of, new_token
from sales.orders.delivery import find_shipment, told
from sales.orders.events import tell
from sales.orders.model import Order, Shipment, ShipmentUpdate


def open_link(session: Session, order_id: UUID) -> dict[str, Any]:
    """The customer's link to an order, as TrackingOut. A new one makes the older void."""
    order = load(session, Order, order_id, lock=True)
    token = new_token()
    order.tracking_hash = hash_of(token)
    return {"order_id": order.id, "token": token, "path": f"{session.info['service'].url_prefix}/public/orders/{token}"}


def update(session: Session, order_id: UUID, shipment_id: UUID, data: dict[str, Any]) -> Shipment:
    """Note what the carrier says of a shipment. News may come late and twice: the same status of the same moment is the
    same news. Conflict for news of after it arrived, Invalid for news of the future."""
    order = load(session, Order, order_id, lock=True)
    shipment, now = find_shipment(session, order, shipment_id), clock.now()
    at = data.get("at") or now
    if at > now:
        raise Invalid("at", "future", "It has happened already.")
    known = (one for one in shipment.updates if (one.status, one.at) == (data["status"], at))
    if next(known, None) is not None:
        return shipment
    if shipment.delivered_at is not None and at > shipment.delivered_at:
        raise Conflict("shipment_delivered", "The shipment arrived before.")
    shipment.updates.append(ShipmentUpdate(status=data["status"], note=data.get("note"), at=at))
    if "expected_on" in data:
        shipment.expected_on = data["expected_on"]
    shipment.touch()
    order.touch()
    tell(session, "order.delivery_updated", order, shipment=told(shipment) | {"status": shipment.status})
    return shipment


def show(session: Session, token: str) -> dict[str, Any]:
    """The order behind a link, as TrackedOrder: no prices, no names. NotFound for an unknown or void link."""
    order = session.scalars(select(Order).where(Order.tracking_hash == hash_of(token))).one_or_none()
    if order is None:
        raise NotFound("order")
    shipments = session.scalars(
        select(Shipment).filter_by(order_id=order.id).order_by(Shipment.shipped_at, Shipment.id)
    )
    return {
        "number": order.number, "status": order.status, "placed_at": order.placed_at, "lines": order.lines,
        "shipments": [_shown(shipment) for shipment in shipments],
    }  # fmt: skip


def _shown(shipment: Shipment) -> dict[str, Any]:
    steps = [{"status": "sent", "at": shipment.shipped_at, "note": None}]
    steps += [{"status": one.status, "at": one.at, "note": one.note} for one in shipment.updates]
    steps.sort(key=itemgetter("at"))
    if shipment.delivered_at:
        steps.append({"status": "delivered", "at": shipment.delivered_at, "note": None})
    names = ("reference", "carrier", "expected_on", "status")
    return {name: getattr(shipment, name) for name in names} | {"steps": steps}
