"""What a partner means to sell, as lines of the deal that comes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.money import nothing, shared_out
from sales.products.model import Product
from sales.products.selling import offer
from sales.quotes.rules import NOTHING
from sales.registrations.model import Registration

_ONE = Decimal("1.000")


def lines_of(session: Session, registration: Registration) -> list[dict[str, Any]]:
    """A line for one of each product, as DealLine. They come to what the partner expects, shared out by the list prices
    (equally where there are none); where nothing is expected, to the list prices."""
    ids = dict.fromkeys(registration.product_ids)
    known = {one.id: one for one in session.scalars(select(Product).where(Product.id.in_(ids)))}
    products = [known[id_] for id_ in ids if id_ in known]
    offers = [offer(session, one, registration.currency, _ONE) for one in products]
    listed = [one.unit_price if one else nothing(registration.currency) for one in offers]
    weights = listed if any(listed) else [_ONE for _ in products]
    prices = shared_out(registration.amount, weights, registration.currency) if registration.amount else listed
    return [
        {"position": place, "product_id": one.id, "description": one.name, "unit": one.unit, "quantity": _ONE,
         "unit_price": price, "discount_percent": NOTHING, "amount": price}
        for place, (one, price) in enumerate(zip(products, prices, strict=True), start=1)
    ]  # fmt: skip
