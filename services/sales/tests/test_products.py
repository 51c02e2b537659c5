"""The catalogue, price books, bundles and stock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import uuid7
from chassis.testing import at_once
from sales.products import rules

OFFERS = st.builds(
    rules.Offer,
    segment=st.sampled_from([None, "oem"]),
    valid_from=st.dates(date(2026, 1, 1), date(2026, 1, 9)),
    min_quantity=st.integers(0, 5).map(Decimal),
    unit_price=st.integers(0, 9).map(Decimal),
)


@pytest.fixture
def product(api, clock):
    def make(code: str = "LED", **more):
        answer = api.post("/products", json={"code": code, "name": code.title()} | more)
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    return make


def _refusal(answer) -> tuple[int, str, str]:
    return answer.status_code, answer.json["errors"][0]["pointer"], answer.json["errors"][0]["code"]


@given(st.lists(OFFERS, min_size=1))
def test_the_own_segment_goes_before_newer_and_larger(offers: list[rules.Offer]) -> None:
    best = rules.best_offer(offers)
    for other in offers:
        assert (best.segment is not None, best.valid_from, best.min_quantity) >= (
            other.segment is not None,
            other.valid_from,
            other.min_quantity,
        )


def test_a_price_goes_by_currency_segment_quantity_unit_and_day(api, product) -> None:
    led = product(packs={"box": "12"})
    entries = [
        {"product_id": led, "unit_price": "10.00"},
        {"product_id": led, "min_quantity": "100", "unit_price": "8.50"},
    ]
    book = {"name": "List", "currency": "CNY", "valid_from": "2026-01-01", "entries": entries}
    assert api.post("/price-books", json=book).status_code == 201
    oem = [{"product_id": led, "unit_price": "9.00"}]
    new = {"name": "OEM", "segment": "oem", "valid_to": "2026-03-31", "entries": oem}
    api.post("/price-books", json=book | new)
    ask = f"/products/{led}/price?currency=CNY"
    assert api.get(ask).json["unit_price"] == "10.00"
    assert api.get(ask + "&quantity=100").json["amount"] == "850.00"
    boxes = api.get(ask + "&quantity=9&unit=box").json
    assert (boxes["quantity"], boxes["unit_price"], boxes["amount"]) == ("108.000", "8.50", "918.00")
    assert api.get(ask + "&segment=oem").json["unit_price"] == "9.00"
    assert api.get(ask + "&segment=oem&on=2026-04-01").json["unit_price"] == "10.00"
    assert _refusal(api.get(f"/products/{led}/price?currency=USD")) == (422, "/currency", "no_price")
    assert _refusal(api.get(ask + "&unit=barrel")) == (422, "/unit", "unknown_unit")
    red = product("LED-R", variant_of=led, options={"colour": "red"})
    assert api.get(f"/products/{red}/price?currency=CNY").json["unit_price"] == "10.00"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"currency": "XXZ"}, "/currency"), ({"valid_to": "2025-12-31"}, "/valid_to"),
        ({"entries": [{"product_id": str(uuid7()), "unit_price": "-1"}]}, "/entries/0/unit_price"),
        ({"entries": [{"product_id": str(uuid7()), "unit_price": "1"}]}, "/entries/0/product_id"),
    ],
)  # fmt: skip
def test_a_bad_price_book_is_refused_by_field(api, change, pointer) -> None:
    book = {"name": "List", "currency": "CNY", "valid_from": "2026-01-01"}
    refused = api.post("/price-books", json=book | change)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert api.get("/price-books").json["data"] == []


def test_a_variant_is_there_once_and_needs_options(api, product) -> None:
    led = product()
    red = {"code": "R", "name": "Red", "variant_of": led, "options": {"colour": "red"}}
    answers = at_once(*[partial(api.post, "/products", json=red | {"code": f"R{n}"}) for n in range(3)])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert _refusal(api.post("/products", json=red | {"options": {}}))[:2] == (422, "/options")
    assert api.post("/products", json={"code": "LED", "name": "Again"}).status_code == 409


def test_no_cycle_of_bundles_or_categories_not_even_at_once(api, product) -> None:
    one, two = product("A"), product("B")

    def put(bundle: str, part: str):
        return api.patch(f"/products/{bundle}", json={"parts": [{"product_id": part}]}, if_match=1)

    answers = at_once(partial(put, one, two), partial(put, two, one))
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    assert _refusal(put(one, one) if answers[0].status_code == 422 else put(two, two)) == (422, "/parts", "cycle")
    top = api.post("/product-categories", json={"name": "Top"}).json
    low = api.post("/product-categories", json={"name": "Low", "parent_id": top["id"]}).json
    refused = api.patch(f"/product-categories/{top['id']}", json={"parent_id": low["id"]}, if_match=1)
    assert _refusal(refused) == (422, "/parent_id", "cycle")


def test_a_choice_keeps_the_rules_and_is_taken_apart(api, product) -> None:
    lamp, driver, battery = product("LAMP"), product("DRIVER"), product("BATTERY")
    kit = product("KIT", parts=[{"product_id": lamp, "quantity": "2"}, {"product_id": driver}])
    rule = {"product_id": lamp, "kind": "requires", "other_id": driver}
    made = at_once(*[partial(api.post, "/product-rules", json=rule)] * 3)
    assert sorted(answer.status_code for answer in made) == [200, 200, 201]
    assert api.post("/product-rules", json=rule | {"kind": "excludes"}).status_code == 409
    api.post("/product-rules", json={"product_id": driver, "kind": "excludes", "other_id": battery})

    def check(*ids: str):
        lines = [{"product_id": one, "quantity": "3"} for one in ids]
        return api.post("/configurations/check", json={"lines": lines})

    assert _refusal(check(battery, lamp)) == (422, "/lines/1/product_id", "requires")
    assert _refusal(check(lamp, driver, battery)) == (422, "/lines/1/product_id", "excludes")
    goods = {one["product_id"]: one["quantity"] for one in check(kit).json["goods"]}
    assert {one: Decimal(goods[one]) for one in goods} == {lamp: 6, driver: 3}
    assert _refusal(check(str(uuid7()))) == (422, "/lines/0/product_id", "unknown_product")


def test_stock_promises_a_day(api, user, product) -> None:
    lamp, driver = product("LAMP", lead_days=10), product("DRIVER", lead_days=3)
    kit = product("KIT", parts=[{"product_id": lamp, "quantity": "2"}, {"product_id": driver}])
    api.put(f"/products/{lamp}/stock", json={"on_hand": "5"})
    api.put(f"/products/{driver}/stock", json={"on_hand": "100"})
    promised = api.get(f"/products/{kit}/availability?quantity=2").json
    assert (promised["on_hand"], promised["promised_on"]) == ("2.500", "2026-03-02")
    assert api.get(f"/products/{kit}/availability?quantity=3").json["promised_on"] == "2026-03-12"
    assert _refusal(api.put(f"/products/{lamp}/stock", json={"on_hand": "-1"}))[:2] == (422, "/on_hand")
    assert api.put(f"/products/{lamp}/stock", json={"on_hand": "1"}, as_=user(reach="own")).status_code == 403
