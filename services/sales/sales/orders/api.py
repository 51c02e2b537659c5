"""Routes of orders."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Answer, Api, Resource
from sales.orders import actions, schema
from sales.orders.model import Order


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
            "person_id",
            "company_id",
            "number",
            "owner_id",
            "total",
            "currency",
            "placed_at",
            "created_at",
        ),
        sorts=("placed_at",),
        on_create=_place,
        create_also=(200,),
    )
)
