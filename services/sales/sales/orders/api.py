"""Routes of orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Answer, Api, Resource
from chassis.http.pages import answered
from sales.credit_notes.actions import cancel as cancel_order
from sales.orders import actions, delivery, owed, page, receivables, schema, tracking
from sales.orders.model import Instalment, Order, Shipment


def _place(session: Session, data: dict[str, Any]) -> Answer:
    order, new = actions.place_order(session, data)
    return Answer(order, 201 if new else 200)


api = Api("orders", scope="sales")
api.add(
    Resource(
        Order,
        path="orders",
        read=schema.OrderOut,
        create=schema.OrderIn,
        filters=(
            "deal_id",
            "quote_id",
            "status",
            "person_id",
            "company_id",
            "number",
            "owner_id",
            "total",
            "credited",
            "currency",
            "placed_at",
            "created_at",
        ),
        sorts=("placed_at",),
        finders={"credit_status": owed.by_credit_status},
        on_create=_place,
        create_also=(200,),
        exported=True,
    )
)


api.add(
    Resource(
        Instalment,
        path="receivables",
        read=schema.ReceivableOut,
        filters=("due_on", "order_id"),
        sorts=("due_on",),
        default_sort="due_on",
        finders={"status": owed.by_status, "owner_id": owed.by_owner},
        where=owed.within_reach,
        complete=owed.with_orders,
        exported=True,
    )
)


@api.post(
    "/orders/<uuid:order_id>/ship", body=schema.ShipIn, returns=schema.ShipmentOut, status=201, also=(200,),
    errors=(404, 409), internal=True,
)  # fmt: skip
def ship(session: Session, order_id: UUID, body: dict[str, Any]) -> Answer:
    """Ship a part of an order, or all that is left of it."""
    shipment, new = delivery.ship(session, order_id, body)
    return Answer(shipment, 201 if new else 200)


@api.get("/orders/<uuid:order_id>/shipments", returns=schema.ShipmentOut, many=True, errors=(404,))
def shipments(session: Session, order_id: UUID) -> list[Shipment]:
    """What left, and what arrived."""
    order = load(session, Order, order_id)
    return list(session.scalars(select(Shipment).filter_by(order_id=order.id).order_by(Shipment.created_at)))


@api.post(
    "/orders/<uuid:order_id>/shipments/<uuid:shipment_id>/deliver", returns=schema.ShipmentOut, errors=(404, 409),
    internal=True,
)  # fmt: skip
def deliver(session: Session, order_id: UUID, shipment_id: UUID) -> Shipment:
    """Note that a shipment arrived."""
    return delivery.arrive(session, order_id, shipment_id)


@api.post(
    "/orders/<uuid:order_id>/shipments/<uuid:shipment_id>/updates", body=schema.UpdateIn, returns=schema.ShipmentOut,
    errors=(404, 409), internal=True,
)  # fmt: skip
def update(session: Session, order_id: UUID, shipment_id: UUID, body: dict[str, Any]) -> Shipment:
    """Note what the carrier says of a shipment."""
    return tracking.update(session, order_id, shipment_id, body)


@api.post("/orders/<uuid:order_id>/tracking-link", returns=schema.TrackingOut, errors=(404,))
def open_link(session: Session, order_id: UUID) -> Answer:
    """Make the link by which the customer follows the order, without a login. An older one is void."""
    link = tracking.open_link(session, order_id)
    return Answer(link, kept=link | {"token": None, "path": None})


@api.get(
    "/public/orders/<string(maxlength=64):token>", public=True, returns=schema.TrackedOrder,
    also_produces=("text/html",), errors=(404,),
)  # fmt: skip
def track(session: Session, token: str) -> Response | dict[str, Any]:
    """How far an order is, for its customer: as a page, or as JSON."""
    return answered(lambda: tracking.show(session, token), page.page, page.PAGE, page.WORDS)


@api.post(
    "/orders/<uuid:order_id>/cancel", body=schema.CancelIn, returns=schema.OrderOut, errors=(403, 404, 409),
    internal=True,
)  # fmt: skip
def cancel(session: Session, order_id: UUID, body: dict[str, Any]) -> Order:
    """Cancel what has not left of an order; a credit note says so, where something left or was paid."""
    return cancel_order(session, order_id, **body)


@api.get("/orders/<uuid:order_id>/instalments", returns=schema.InstalmentOut, many=True, errors=(404,))
def instalments(session: Session, order_id: UUID) -> list[dict[str, Any]]:
    """What is to be paid when, and what came in."""
    return receivables.show(session, order_id)


@api.put(
    "/orders/<uuid:order_id>/instalments", body=schema.PlanIn, returns=schema.InstalmentOut, many=True, guarded=False,
    errors=(404, 409), internal=True,
)  # fmt: skip
def plan(session: Session, order_id: UUID, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Set the instalments of an order, which come to its total."""
    return receivables.plan(session, order_id, body["instalments"])


@api.post(
    "/orders/<uuid:order_id>/payments", body=schema.PayIn, returns=schema.InstalmentOut, many=True, errors=(404, 409),
    internal=True,
)  # fmt: skip
def pay(session: Session, order_id: UUID, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Note money that came in; it settles the first due first."""
    return receivables.pay(session, order_id, **body)
