"""Sales: deals."""

from __future__ import annotations

import json
from collections.abc import Iterator

import table
from measured import Measured
from requests_per_second import Request

DEALS = "/api/v1/sales/deals"


def figures(measured: Measured, _rows: int) -> Iterator[table.Line]:
    """Every row, measured one after the other."""
    yield from measured.compare("create a deal", _new_deal, service="sales")


def _new_deal(i: int) -> Request:
    deal = {"name": f"Bench {i}", "amount": "100.00", "currency": "EUR"}
    return Request("POST", DEALS, json.dumps(deal).encode())
