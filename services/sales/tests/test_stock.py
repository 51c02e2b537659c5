"""Stock that another system keeps: the example of one, asked over HTTP, and what is said while it is away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sales.products.stock import stock
from sales.settings import settings

pytestmark = pytest.mark.usefixtures("clock")
WAREHOUSE = Path(__file__).parents[1] / "examples" / "warehouse.py"


@pytest.fixture
def levels(tmp_path) -> Path:
    file = tmp_path / "stock.csv"
    file.write_text('LAMP,5\nDRIVER,100\n"M6,20",7\n')
    return file


@pytest.fixture
def warehouse(levels):
    """The example as its users start it; its address, and a way to stop it."""
    command = [sys.executable, str(WAREHOUSE), str(levels), "--port", "0", "--token", "secret"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip(), process
        process.kill()


@pytest.fixture
def asked(monkeypatch, warehouse):
    """Lets sales ask it."""

    def ask(token: str = "secret") -> None:
        values = {"ADAPTER": "sales.products.http_stock:HttpStock", "URL": warehouse[0], "TOKEN": token, "TIMEOUT": "1"}
        for name, value in values.items():
            monkeypatch.setenv(f"SALES_STOCK_{name}", value)
        settings.cache_clear()
        stock.cache_clear()

    yield ask
    monkeypatch.undo()
    settings.cache_clear()
    stock.cache_clear()


@pytest.fixture
def lamp(api) -> str:
    return api.post("/products", json={"code": "LAMP", "name": "Lamp", "lead_days": 10}).json["id"]


@pytest.fixture
def quote(api, new_deal, lamp) -> str:
    cable = api.post("/products", json={"code": "CABLE", "name": "Cable", "lead_days": 3}).json["id"]
    lines = [
        {"product_id": lamp, "quantity": "3", "unit_price": "1.00"}, {"description": "Work", "unit_price": "1.00"},
        {"product_id": lamp, "quantity": "3", "unit_price": "1.00"}, {"product_id": cable, "unit_price": "1.00"},
    ]  # fmt: skip
    body = {"deal_id": new_deal()["id"], "valid_until": "2026-03-31", "lines": lines}
    return f"/quotes/{api.post('/quotes', json=body).json['id']}"


def test_a_quote_is_promised_by_what_the_warehouse_has(api, asked, levels, quote, lamp) -> None:
    asked()
    found = api.get(f"{quote}/delivery").json
    shown = [(line["position"], line["state"], line["on_hand"], line["promised_on"]) for line in found["lines"]]
    assert shown == [
        (1, "in_stock", "5.000", "2026-03-02"), (3, "on_order", "2.000", "2026-03-12"),
        (4, "on_order", "0.000", "2026-03-05"),
    ]  # fmt: skip
    assert found["promised_on"] == "2026-03-12"
    levels.write_text("LAMP,6\nCABLE,1\n")
    assert api.get(f"{quote}/delivery").json["promised_on"] == "2026-03-02"
    refused = api.put(f"/products/{lamp}/stock", json={"on_hand": "1"})
    assert (refused.status_code, refused.json["code"]) == (409, "stock_elsewhere")


def test_a_code_may_hold_whatever_a_catalogue_lets_it(api, asked) -> None:
    asked()
    screw = api.post("/products", json={"code": "M6,20", "name": "Screw"}).json["id"]
    assert api.get(f"/products/{screw}/availability").json["on_hand"] == "7.000"


@pytest.mark.parametrize("fault", ["away", "token", "nonsense"])
def test_what_cannot_be_looked_up_is_unknown_and_no_error(api, asked, warehouse, levels, quote, lamp, fault) -> None:
    asked(token="wrong" if fault == "token" else "secret")
    if fault == "away":
        warehouse[1].kill()
        warehouse[1].wait()
    if fault == "nonsense":
        levels.write_text("LAMP,NaN\n")
    found = api.get(f"{quote}/delivery")
    assert (found.status_code, found.json["promised_on"]) == (200, None)
    assert {(line["state"], line["on_hand"]) for line in found.json["lines"]} == {("unknown", None)}
    alone = api.get(f"/products/{lamp}/availability").json
    assert (alone["state"], alone["on_hand"], alone["promised_on"]) == ("unknown", None, None)
    assert api.post(f"{quote}/submit").json["status"] == "approved"


def test_a_system_that_was_away_is_asked_again_after_a_while(api, asked, levels, monkeypatch, lamp) -> None:
    asked()
    good = levels.read_text()
    levels.write_text("LAMP,-1\n")
    assert api.get(f"/products/{lamp}/availability").json["state"] == "unknown"
    levels.write_text(good)
    assert api.get(f"/products/{lamp}/availability").json["state"] == "unknown"
    monkeypatch.setattr(stock(), "_away_until", 0.0)
    assert api.get(f"/products/{lamp}/availability").json["on_hand"] == "5.000"
