"""Orders over the API."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once


@pytest.fixture
def won_deal(api, new_deal):
    deal = new_deal(amount="48000.00", person_id=str(uuid7()), campaign_id=str(uuid7()))
    return api.post(f"/deals/{deal['id']}/win", json={"product": "Fixtures"}).json


def test_an_order_is_placed_from_a_won_deal(api, clock, outbox, won_deal) -> None:
    lines = [
        {"description": "Fixture", "quantity": "200", "unit_price": "240.00"},
        {"description": "Cable, m", "quantity": "0.335", "unit_price": "0.10"},
    ]
    answer = api.post("/orders", json={"deal_id": won_deal["id"], "lines": lines})
    order = answer.json
    assert (answer.status_code, order["number"]) == (201, "SO-2026-000001")
    assert [line["amount"] for line in order["lines"]] == ["48000.00", "0.03"]
    assert (order["total"], order["currency"], order["person_id"]) == (
        "48000.03",
        "CNY",
        won_deal["person_id"],
    )
    assert api.get(f"/orders/{order['id']}").json == order
    assert api.get(f"/orders?deal_id={won_deal['id']}").json["data"] == [order]
    told = outbox.one("order.placed").data
    assert (told["total"], told["campaign_id"], told["number"]) == (
        "48000.03",
        won_deal["campaign_id"],
        order["number"],
    )
    assert told["lines"][1] == {
        "description": "Cable, m",
        "quantity": "0.335",
        "unit_price": "0.10",
        "amount": "0.03",
        "discount": "0.00",
        "tax": "0.00",
        "product_id": None,
    }


def test_a_deal_has_one_order_unless_another_is_asked_for(api, outbox, won_deal) -> None:
    place = partial(api.post, "/orders", json={"deal_id": won_deal["id"]})
    answers = at_once(*[place] * 5)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    (order,) = {answer.json["id"]: answer.json for answer in answers}.values()
    assert (order["total"], order["lines"][0]["description"]) == ("48000.00", "Fixtures")
    more = api.post("/orders", json={"deal_id": won_deal["id"], "additional": True})
    assert (more.status_code, more.json["additional"]) == (201, True)
    assert more.json["number"] != order["number"]
    assert len(outbox.events("order.placed")) == 2


def test_only_a_won_deal_is_ordered_from_and_it_stays_won(api, outbox, new_deal, won_deal) -> None:
    deal = new_deal()
    refused = api.post("/orders", json={"deal_id": deal["id"]})
    assert (refused.status_code, refused.json["code"]) == (409, "deal_not_won")
    api.post(f"/deals/{deal['id']}/lose", json={"reason": "price"})
    assert api.post("/orders", json={"deal_id": deal["id"]}).status_code == 409
    assert outbox.events("order.placed") == []
    api.post("/orders", json={"deal_id": won_deal["id"]})
    reopened = api.post(f"/deals/{won_deal['id']}/reopen", json={})
    assert (reopened.status_code, reopened.json["code"]) == (409, "deal_ordered")


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ({"quantity": "1", "unit_price": "1"}, "/lines/0/description"),
        ({"description": "A"}, "/lines/0/unit_price"),
        ({"description": "A", "unit_price": "-1"}, "/lines/0/unit_price"),
        ({"description": "A", "unit_price": "1", "quantity": "0"}, "/lines/0/quantity"),
        ({"description": "A", "unit_price": "1", "quantity": "-2"}, "/lines/0/quantity"),
        ({"description": "A", "unit_price": "9999999999999999.99", "quantity": "2"}, "/lines"),
    ],
)
def test_bad_lines_are_refused_by_field(api, outbox, won_deal, line, pointer) -> None:
    refused = api.post("/orders", json={"deal_id": won_deal["id"], "lines": [line]})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert api.get("/orders").json["data"] == []
    assert outbox.events("order.placed") == []


def test_an_order_needs_a_deal_within_reach(api, user, won_deal) -> None:
    assert api.post("/orders", json={}).json["errors"][0]["pointer"] == "/deal_id"
    for deal_id, caller in ((str(uuid7()), user()), (won_deal["id"], user(reach="own"))):
        refused = api.post("/orders", json={"deal_id": deal_id}, as_=caller)
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unknown_deal")
