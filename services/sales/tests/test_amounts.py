"""Money in currencies without cents, and with thousandths: from the deal to the refund."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chassis.testing import faults_of

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def rate(api):
    """Says what a unit of a currency is worth."""

    def say(currency, rate):
        body = {"currency": currency, "valid_from": "2026-01-01", "rate": rate}
        assert api.post("/exchange-rates", json=body).status_code == 201

    return say


@pytest.fixture
def ordered(api, new_deal):
    """A quote of three lamps and some cable, accepted, won and ordered; the paths of quote and order."""

    def make(currency, lamp, cable):
        deal = new_deal(currency=currency, amount="1000")
        lines = [
            {"description": "Lamp", "quantity": "3", "unit_price": lamp, "tax_percent": "13"},
            {"description": "Cable, m", "quantity": "10.5", "unit_price": cable, "tax_percent": "6"},
        ]
        body = {"deal_id": deal["id"], "valid_until": "2026-03-31", "lines": lines, "discount_percent": "5"}
        quote = f"/quotes/{api.post('/quotes', json=body).json['id']}"
        api.post(f"{quote}/submit"), api.post(f"{quote}/send")
        assert api.post(f"{quote}/accept", json={"name": "Sato"}).status_code == 200
        assert api.post(f"/deals/{deal['id']}/win", json={}).status_code == 200
        order = api.post("/orders", json={"deal_id": deal["id"]})
        assert order.status_code == 201, order.text
        return quote, f"/orders/{order.json['id']}"

    return make


@pytest.mark.parametrize(
    ("currency", "lamp", "cable", "sums", "back"),
    [
        ("JPY", "3333", "110", ("11154", "558", "10596", "1301", "11897"), ("3166", "412", "3578")),
        ("KWD", "33.333", "1.105", ("111.602", "5.580", "106.022", "13.011", "119.033"), ("31.666", "4.117", "35.783")),
    ],
)
def test_a_quote_its_order_and_credit_are_in_whole_units(
    api, outbox, rate, ordered, currency, lamp, cable, sums, back
) -> None:
    rate(currency, "0.048")
    quote, order = ordered(currency, lamp, cable)
    shown = api.get(quote).json
    assert tuple(shown[name] for name in ("gross", "discount", "net", "tax", "total")) == sums
    assert api.get(order).json["total"] == sums[-1]
    assert api.get(order).json["credited"] == str(Decimal(0).quantize(Decimal(sums[0])))
    placed = outbox.one("order.placed").data
    assert (placed["total"], placed["lines"][0]["unit_price"]) == (sums[-1], lamp)
    assert outbox.one("deal.won").data["amount"] == sums[2]
    body = {"reference": "R", "reason": "less", "lines": [{"position": 1, "quantity": "1"}]}
    note = api.post(f"{order}/credit-notes", json=body).json
    assert (note["net"], note["tax"], note["total"]) == back
    for language in ("zh", "en"):
        assert api.get(f"{quote}/document?language={language}").data[:5] == b"%PDF-"
    total, unit = Decimal(sums[-1]) - Decimal(back[-1]), Decimal(sums[0]).as_tuple().exponent
    first = Decimal(1).scaleb(unit)
    plan = [{"due_on": "2026-03-10", "amount": str(first)}, {"due_on": "2026-04-10", "amount": str(total - first)}]
    kept = api.put(f"{order}/instalments", json={"instalments": plan}).json["data"]
    assert [one["amount"] for one in kept] == [one["amount"] for one in plan]
    api.post(f"{order}/payments", json={"reference": "B", "amount": str(total + first), "accept_surplus": True})
    found = api.get(f"{order}/balance").json
    assert (found["open"], found["refundable"]) == (str(total - total), str(first))
    refunded = api.post(f"{order}/refunds", json={"reference": "F", "amount": str(first)}).json
    assert (refunded["refunded"], refunded["refundable"]) == (str(first), str(first - first))


def test_more_decimals_than_the_currency_has_are_refused_and_nothing_changes(api, outbox, rate, ordered) -> None:
    rate("JPY", "0.048")
    assert faults_of(api.post("/deals", json={"name": "D", "currency": "JPY", "amount": "10.5"})) == [
        ("/amount", "decimals")
    ]
    deal = api.post("/deals", json={"name": "D", "currency": "KWD", "amount": "10.005"}).json
    assert deal["amount"] == "10.005"
    path = f"/deals/{deal['id']}"
    assert faults_of(api.patch(path, json={"currency": "EUR"}, if_match=deal["version"])) == [("/amount", "decimals")]
    lines = [{"description": "L", "quantity": "1", "unit_price": "0.0001"}]
    assert faults_of(api.put(f"{path}/lines", json={"lines": lines})) == [("/lines/0/unit_price", "decimals")]
    assert faults_of(api.get("/convert?amount=1.5&from_currency=JPY")) == [("/amount", "decimals")]
    assert (api.get(path).json["amount"], outbox.events("deal.updated")) == ("10.005", [])
    _, order = ordered("JPY", "3333", "110")
    before = api.get(order).json
    half = {"reference": "B", "amount": "0.5"}
    assert faults_of(api.post(f"{order}/payments", json=half)) == [("/amount", "decimals")]
    assert faults_of(api.post(f"{order}/refunds", json=half)) == [("/amount", "decimals")]
    plan = {"instalments": [{"due_on": "2026-03-10", "amount": "11896.5"}, {"due_on": "2026-03-11", "amount": "0.5"}]}
    assert faults_of(api.put(f"{order}/instalments", json=plan)) == [("/instalments/0/amount", "decimals")]
    assert (api.get(order).json, api.get(f"{order}/instalments").json["data"]) == (before, [])


def test_amounts_are_valued_in_the_units_of_the_base_currency(api, rate, new_deal) -> None:
    rate("KWD", "23.4567"), rate("JPY", "0.0485")
    assert new_deal(currency="KWD", amount="1.001")["base_amount"] == "23.48"
    assert new_deal(currency="JPY", amount="99")["base_amount"] == "4.80"
    turned = api.get("/convert?amount=10.00&from_currency=CNY&to_currency=JPY").json
    assert (turned["amount"], turned["currency"]) == ("206", "JPY")
    assert api.get("/convert?amount=10&from_currency=CNY&to_currency=KWD").json["amount"] == "0.426"


def test_a_page_prints_amounts_as_the_currency_has_them(api, rate, new_deal) -> None:
    rate("JPY", "0.05")
    lines = [{"description": "Lamp", "quantity": "1", "unit_price": "1234"}]
    body = {"deal_id": new_deal(currency="JPY", amount="1234")["id"], "valid_until": "2026-03-31", "lines": lines}
    quote = f"/quotes/{api.post('/quotes', json=body).json['id']}"
    api.post(f"{quote}/submit")
    token = api.post(f"{quote}/send").json["token"]
    for language in ("zh", "en"):
        headers = {"Accept": "text/html", "Accept-Language": language}
        page = api.get(f"/public/quotes/{token}", headers=headers, as_=None).text
        assert ("1,234 JPY" in page, "1,234." in page) == (True, False)


def test_prices_and_expenses_keep_to_the_units_of_their_currency(api, rate) -> None:
    rate("JPY", "0.05")
    product = api.post("/products", json={"code": "L", "name": "Lamp"}).json["id"]
    book = {"name": "Japan", "currency": "JPY", "valid_from": "2026-01-01"}
    entries = [{"product_id": product, "min_quantity": "1", "unit_price": "99.5"}]
    assert faults_of(api.post("/price-books", json=book | {"entries": entries})) == [
        ("/entries/0/unit_price", "decimals")
    ]
    entries[0]["unit_price"] = "99"
    assert api.post("/price-books", json=book | {"entries": entries}).status_code == 201
    priced = api.get(f"/products/{product}/price?currency=JPY&quantity=2.5").json
    assert (priced["unit_price"], priced["amount"]) == ("99", "248")
    category = api.post("/expense-categories", json={"name": "Train"}).json["id"]
    line = {"spent_on": "2026-03-01", "category_id": category, "description": "x", "currency": "JPY", "amount": "1.5"}
    assert faults_of(api.post("/expense-reports", json={"title": "T", "lines": [line]})) == [
        ("/lines/0/amount", "decimals")
    ]
    made = api.post("/expense-reports", json={"title": "T", "lines": [line | {"amount": "1501.00", "tax": "100"}]})
    (kept,) = made.json["lines"]
    assert (kept["amount"], kept["tax"], kept["base_amount"], made.json["total"]) == ("1501", "100", "75.05", "75.05")
