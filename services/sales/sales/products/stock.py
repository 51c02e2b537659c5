"""Where stock is looked up: a door for a warehouse system, and one that works without any.

`SALES_STOCK_ADAPTER` names a class, `package.module:Class`, made without arguments, that has `on_hand`:
`sales.products.stock:OwnStock` or `sales.products.http_stock:HttpStock`, or one of your own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales.products.model import StockLevel
from sales.settings import settings


class StockUnknown(Exception):
    """What is on hand cannot be said now."""


class Stock(Protocol):
    """What an adapter can answer."""

    def on_hand(self, session: Session, product_ids: Collection[UUID]) -> Mapping[UUID, Decimal]:
        """How many of each product can be sold now; one that is not told of has none. StockUnknown where it cannot be
        said now: whoever asks is told so, and gets no error."""


class OwnStock:
    """The levels entered at `PUT /products/{id}/stock`."""

    def on_hand(self, session: Session, product_ids: Collection[UUID]) -> Mapping[UUID, Decimal]:
        """Of each product what was entered last."""
        levels = select(StockLevel.product_id, StockLevel.on_hand).where(StockLevel.product_id.in_(product_ids))
        return {row.product_id: row.on_hand for row in session.execute(levels)}


@lru_cache
def stock() -> Stock:
    """The adapter of this process."""
    module, _, name = settings().stock_adapter.partition(":")
    made: Stock = getattr(import_module(module), name)()
    return made
