"""A rep who spends, the manager who says yes, receipts and reports."""

from __future__ import annotations

import io

import pytest

from chassis.ids import uuid7

TEAM = uuid7()
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"


@pytest.fixture
def spender(user):
    return user(reach="own", roles=("sales_rep",), team_id=TEAM)


@pytest.fixture
def manager(user):
    return user(reach="team", roles=("sales_manager",), team_id=TEAM)


@pytest.fixture
def travel(api) -> str:
    body = {"name": "Travel", "max_amount": "5000.00", "receipt_over": "200.00"}
    return api.post("/expense-categories", json=body).json["id"]


@pytest.fixture
def send(api, folder, spender):
    """Sends a receipt; the response."""

    def post(content: bytes = PDF, name: str = "receipt.pdf", as_=spender, key: str | None = None):
        return api.post("/expense-receipts", data={"file": (io.BytesIO(content), name)}, as_=as_, key=key)

    return post


@pytest.fixture
def receipt(send):
    """Sends a receipt of a content of its own; its id, or None where it is refused."""

    def make(as_) -> str | None:
        return send(PDF + uuid7().bytes, as_=as_).json.get("id")

    return make


@pytest.fixture
def new_report(api, spender, travel, receipt):
    def make(*lines, as_=spender):
        first = {"spent_on": "2026-01-02", "category_id": travel, "description": "Train", "amount": "820.50",
                 "tax": "67.75", "receipt_id": receipt(as_=as_)}  # fmt: skip
        body = {"title": "Shenzhen", "lines": [first | line for line in lines or ({},)]}
        return api.post("/expense-reports", json=body, as_=as_)

    return make
