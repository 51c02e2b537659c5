"""Routes of orders."""

from __future__ import annotations

from chassis.http import Api, Resource
from sales.orders import actions, schema
from sales.orders.model import Order

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
        sorts=("placed_at", "total"),
        on_create=actions.place_order,
    )
)
