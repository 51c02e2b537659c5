"""Stock that another system keeps, asked over HTTP.

    GET {SALES_STOCK_URL}?code=LED-20&code=DRV-1
    Authorization: Bearer {SALES_STOCK_TOKEN}

    200 {"levels": [{"code": "LED-20", "on_hand": "120.000"}]}

`code` is that of the product in the catalogue; one that is not answered has none. `examples/warehouse.py` is a
server that answers so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales.products.model import Product
from sales.products.stock import StockUnknown
from sales.settings import settings

_PAUSE = 10.0  # seconds in which a system that did not answer is not asked again, so that nobody waits for it
_LARGEST = Decimal("99999999999.999")  # Numeric(14, 3)
_log = logging.getLogger(__name__)


class HttpStock:
    """The levels of a system at `SALES_STOCK_URL`."""

    def __init__(self) -> None:
        self._away_until = 0.0
        self._lock = threading.Lock()

    def on_hand(self, session: Session, product_ids: Collection[UUID]) -> Mapping[UUID, Decimal]:
        """Of each product what the other system says. StockUnknown where it is away or answers something else."""
        if time.monotonic() < self._away_until:
            raise StockUnknown
        found = session.execute(select(Product.code, Product.id).where(Product.id.in_(product_ids)))
        ids = {row.code: row.id for row in found}
        try:
            levels = _levels(_ask(sorted(ids)))
        except (requests.RequestException, ValueError, KeyError, TypeError, InvalidOperation) as error:
            with self._lock:
                self._away_until = time.monotonic() + _PAUSE
            _log.warning("The stock cannot be looked up: %s", type(error).__name__)
            raise StockUnknown from error
        return {ids[code]: level for code, level in levels.items() if code in ids}


def _ask(codes: list[str]) -> Any:
    known = settings()
    headers = {"Authorization": f"Bearer {known.stock_token}"} if known.stock_token else {}
    answer = requests.get(
        known.stock_url, params={"code": codes}, headers=headers, timeout=known.stock_timeout,
        allow_redirects=False,
    )  # fmt: skip
    answer.raise_for_status()
    return answer.json()


def _levels(answer: Any) -> dict[str, Decimal]:
    """What is on hand by code. ValueError for what is no quantity."""
    levels = {str(one["code"]): Decimal(str(one["on_hand"])) for one in answer["levels"]}
    if not all(level.is_finite() and 0 <= level <= _LARGEST for level in levels.values()):
        raise ValueError("a level is no quantity")
    return levels
