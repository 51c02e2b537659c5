"""When goods can leave: what is on hand, in the order in which it is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from sales.products import rules
from sales.products.model import Product
from sales.products.selling import parts_of
from sales.products.stock import StockUnknown, stock

_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class Promise:
    """How many are on hand, and the day on which those that are wanted can leave; `state` is in_stock, on_order, or
    unknown, and then both are None."""

    state: str
    on_hand: Decimal | None = None
    promised_on: date | None = None


def availability(session: Session, product_id: UUID, quantity: Decimal) -> dict[str, Any]:
    """What is on hand and when a quantity can leave, as StockOut."""
    product = load(session, Product, product_id)
    (promise,) = promise_all(session, [(product.id, quantity)])
    return {"product_id": product.id} | vars(promise)


def promise_all(session: Session, wanted: Sequence[tuple[UUID, Decimal]]) -> list[Promise]:
    """What can be promised of each product and quantity; what one takes is not there for those after it. Of a bundle as
    many are on hand as can be made up, and it leaves with its slowest part."""
    each = [parts_of(session, product_id, Decimal(1)) for product_id, _ in wanted]
    goods = {one for parts in each for one in parts}
    try:
        left = dict(stock().on_hand(session, goods))
    except StockUnknown:
        return [Promise("unknown") for _ in wanted]
    found = session.execute(select(Product.id, Product.lead_days).where(Product.id.in_(goods)))
    leads = {row.id: row.lead_days for row in found}
    return [_promise(parts, quantity, left, leads) for parts, (_, quantity) in zip(each, wanted, strict=True)]


def _promise(
    parts: Mapping[UUID, Decimal], quantity: Decimal, left: dict[UUID, Decimal], leads: Mapping[UUID, int]
) -> Promise:
    today = clock.now().date()
    on_hand = {one: left.get(one, Decimal(0)) for one in parts}
    most = min(on_hand[one] / parts[one] for one in parts).quantize(_THOUSANDTH, rounding=ROUND_FLOOR)
    days = [rules.promised_on(today, parts[one] * quantity, on_hand[one], leads[one]) for one in parts]
    for one in parts:
        left[one] = max(on_hand[one] - parts[one] * quantity, Decimal(0))
    return Promise("in_stock" if quantity <= most else "on_order", most, max(days))
