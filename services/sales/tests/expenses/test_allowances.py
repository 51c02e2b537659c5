"""Per diems and mileage by the rates of their day."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chassis.errors import Invalid
from chassis.testing import code_of, faults_of
from sales.expenses import rules

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def allowances(api):
    """100.00 a day in Germany, 120.00 from Christmas on, in euros of 8.00; 0.85 for a kilometre by car."""
    api.post("/exchange-rates", json={"currency": "EUR", "valid_from": "2025-01-01", "rate": "8"})
    for day, rate in (("2025-01-01", "100"), ("2025-12-25", "120")):
        body = {"kind": "per_diem", "code": "DE", "valid_from": day, "rate": rate, "currency": "EUR"}
        assert api.post("/expense-allowances", json=body).status_code == 201
    body = {"kind": "mileage", "code": "car", "valid_from": "2025-01-01", "rate": "0.855", "currency": "CNY"}
    return api.post("/expense-allowances", json=body).json


def _allowed(kind: str, code: str, quantity: str, **more) -> dict:
    return {"amount": None, "tax": "0", "receipt_id": None} | more | {
        "allowance": {"kind": kind, "code": code, "quantity": quantity}
    }  # fmt: skip


def test_days_and_kilometres_come_to_the_rate_of_their_day(api, spender, allowances, new_report) -> None:
    made = new_report(
        _allowed("per_diem", "DE", "2.5", spent_on="2025-12-24"),
        _allowed("per_diem", "DE", "1", spent_on="2025-12-25"),
        _allowed("mileage", "car", "333.3"),
    ).json
    shown = [(one["amount"], one["currency"], one["base_amount"], one["allowance"]["rate"]) for one in made["lines"]]
    assert shown == [
        ("250.00", "EUR", "2000.00", "100.0000"), ("120.00", "EUR", "960.00", "120.0000"),
        ("284.97", "CNY", "284.97", "0.8550"),
    ]  # fmt: skip
    assert api.post(f"/expense-reports/{made['id']}/submit", as_=spender).status_code == 200  # without receipts
    path = f"/expense-allowances/{allowances['id']}"
    assert api.patch(path, json={"rate": "1"}, if_match=1).json["rate"] == "1.0000"
    assert api.get(f"/expense-reports/{made['id']}").json["total"] == made["total"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({"amount": None}, ("/lines/0/amount", "required")),
        (_allowed("per_diem", "DE", "1", amount="5.00"), ("/lines/0/amount", "computed")),
        (_allowed("per_diem", "DE", "1", currency="EUR"), ("/lines/0/currency", "computed")),
        (_allowed("per_diem", "FR", "1"), ("/lines/0/allowance", "no_allowance")),
        (_allowed("per_diem", "DE", "1", spent_on="2024-12-31"), ("/lines/0/allowance", "no_allowance")),
        (_allowed("per_diem", "DE", "9", spent_on="2026-03-01"), ("/lines/0/allowance/quantity", "future")),
        (_allowed("mileage", "car", "0"), ("/lines/0/allowance/quantity", "out_of_range")),
    ],
)
def test_an_allowance_that_cannot_be_is_refused_by_name(api, allowances, new_report, line, fault) -> None:
    assert faults_of(new_report(line)) == [fault]
    assert api.get("/expense-reports").json["data"] == []


def test_an_allowance_comes_to_a_cent_at_least() -> None:
    assert rules.allowed(0, Decimal("0.5"), Decimal("0.01"), "CNY") == Decimal("0.01")
    with pytest.raises(Invalid):
        rules.allowed(0, Decimal("0.4"), Decimal("0.01"), "CNY")


def test_allowances_are_set_by_managers_once_a_day(api, spender, allowances) -> None:
    body = {"kind": "mileage", "code": "car", "valid_from": "2025-01-01", "rate": "9", "currency": "CNY"}
    assert api.post("/expense-allowances", json=body).status_code == 409
    assert code_of(api.post("/expense-allowances", json=body, as_=spender)) == (403, "not_a_manager")
    for wrong in ({"code": "boat"}, {"kind": "per_diem", "code": "XX"}):
        assert faults_of(api.post("/expense-allowances", json=body | wrong)) == [("/code", "unknown_code")]
    assert [one["rate"] for one in api.get("/expense-allowances?kind=mileage").json["data"]] == ["0.8550"]
