"""What a customer sees without a login: an order on its way, and a quote as a page."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once

pytestmark = pytest.mark.usefixtures("clock")
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def order(api, new_deal):
    deal = new_deal(contact_name="Wang")
    api.post(f"/deals/{deal['id']}/win", json={})
    lines = [{"description": "灯具 <b>", "quantity": "2", "unit_price": "10.00"}]
    return f"/orders/{api.post('/orders', json={'deal_id': deal['id'], 'lines': lines}).json['id']}"


@pytest.fixture
def shipment(api, order):
    body = {"reference": "W1", "carrier": "SF Express", "expected_on": "2026-03-05",
            "lines": [{"position": 1, "quantity": "1.5"}]}  # fmt: skip
    return f"{order}/shipments/{api.post(f'{order}/ship', json=body).json['id']}"


@pytest.fixture
def link(api, order):
    return api.post(f"{order}/tracking-link").json["path"].partition("/api/v1/sales")[2]


def test_a_customer_follows_an_order_by_its_link(api, outbox, clock, order, shipment, link) -> None:
    clock.advance(days=1)
    late = {"status": "in_transit", "at": "2026-03-02T20:00:00Z"}
    for news in ({"status": "delayed", "note": "Snow", "expected_on": "2026-03-07"}, late, late):
        assert api.post(f"{shipment}/updates", json=news).status_code == 200
    shown = api.get(link, as_=None).json
    assert (shown["status"], shown["lines"][0]["shipped"]) == ("part_shipped", "1.500")
    (sent,) = shown["shipments"]
    assert (sent["carrier"], sent["expected_on"], sent["status"]) == ("SF Express", "2026-03-07", "delayed")
    assert [step["status"] for step in sent["steps"]] == ["sent", "in_transit", "delayed"]
    told = outbox.events("order.delivery_updated")
    assert [event.data["shipment"]["status"] for event in told] == ["delayed", "delayed"]
    assert "Snow" not in str([event.data for event in told])
    api.post(f"{shipment}/deliver")
    assert api.get(link, as_=None).json["shipments"][0]["status"] == "delivered"
    clock.advance(days=1)
    after = api.post(f"{shipment}/updates", json={"status": "failed"})
    assert (after.status_code, after.json["code"]) == (409, "shipment_delivered")
    assert "unit_price" not in str(shown)


def test_the_page_is_in_the_reader_s_language_and_tells_no_name(api, order, shipment, link) -> None:
    page = api.get(link, as_=None, headers=HTML | {"Accept-Language": "zh-CN,zh;q=0.9"})
    assert page.content_type == "text/html; charset=utf-8"
    assert all(word in page.text for word in ('lang="zh-Hans"', "部分发货", "SF Express W1", "灯具 &lt;b&gt;", "1.5"))
    assert "Partly sent" in api.get(link, as_=None, headers=HTML | {"Accept-Language": "fr"}).text
    assert "Wang" not in page.text
    unknown = api.get("/public/orders/wrong", as_=None, headers=HTML)
    assert (unknown.status_code, "does not exist" in unknown.text) == (404, True)
    assert api.get("/public/orders/wrong", as_=None).json["code"] == "not_found"


def test_a_new_link_makes_the_older_void(api, user, order, link) -> None:
    made = at_once(*[partial(api.post, f"{order}/tracking-link")] * 2)
    paths = [answer.json["path"].partition("/api/v1/sales")[2] for answer in made]
    assert sorted(api.get(path, as_=None).status_code for path in (link, *paths)) == [200, 404, 404]
    assert api.post(f"{order}/tracking-link", as_=user(reach="own")).status_code == 404


@pytest.mark.parametrize(
    ("news", "pointer"),
    [({"status": "lost"}, "/status"), ({"status": "delayed", "at": "2027-01-01T00:00:00Z"}, "/at"), ({}, "/status")],
)
def test_bad_news_is_refused_by_field(api, outbox, shipment, news, pointer) -> None:
    refused = api.post(f"{shipment}/updates", json=news)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert outbox.events("order.delivery_updated") == []


def test_shipments_of_another_order_are_not_found(api, order, shipment) -> None:
    wrong = f"{order}/shipments/{uuid7()}/updates"
    assert api.post(wrong, json={"status": "delayed"}).status_code == 404


def test_a_quote_is_read_and_answered_on_its_page(api, outbox, clock, new_deal) -> None:
    deal = new_deal(contact_name="王小明")
    lines = [{"description": "<i>灯具</i>", "quantity": "1234.5", "unit_price": "10.00", "tax_percent": "13"}]
    body = {"deal_id": deal["id"], "valid_until": "2026-03-31", "lines": lines}
    path = f"/quotes/{api.post('/quotes', json=body).json['id']}"
    api.post(f"{path}/submit")
    link = api.post(f"{path}/send").json["path"].partition("/api/v1/sales")[2]
    page = api.get(link, as_=None, headers=HTML | {"Accept-Language": "zh"})
    assert all(word in page.text for word in ("&lt;i&gt;灯具", "13,949.85 CNY", "王小明", "接受报价", f"{link}/accept"))
    assert len(outbox.events("quote.viewed")) == 1
    clock.advance(days=40)
    assert "This quotation is not valid any more." in api.get(link, as_=None, headers=HTML).text
    late = api.post(f"{link}/accept", data={"name": "王小明"}, as_=None, headers=HTML)
    assert (late.status_code, "cannot be decided on" in late.text) == (409, True)
    assert (api.get(path).json["status"], outbox.events("quote.accepted")) == ("sent", [])
    clock.advance(days=-30)
    done = api.post(f"{link}/accept", data={"name": "王小明"}, as_=None, headers=HTML)
    assert (done.status_code, "You accepted this quotation" in done.text) == (200, True)
    assert api.get(path).json["decided_by"] == "王小明"
    no = api.post(f"{link}/decline", data={"name": "W", "reason": "x"}, as_=None, headers=HTML)
    assert (no.status_code, api.get(path).json["status"]) == (409, "accepted")
    assert api.post(f"{link}/accept", data={}, as_=None, headers=HTML).status_code == 422


def test_what_is_owed_is_listed_over_all_orders(api, user, clock, order) -> None:
    plan = [{"due_on": "2026-03-01", "amount": "5.00"}, {"due_on": "2026-03-09", "amount": "15.00"}]
    api.put(f"{order}/instalments", json={"instalments": plan})
    api.post(f"{order}/payments", json={"reference": "B", "amount": "6.00"})

    def listed(word: str) -> list[tuple[str, str, str]]:
        rows = api.get(f"/receivables?status={word}").json["data"]
        return [(row["due_on"], row["open"], row["status"]) for row in rows]

    assert listed("paid") == [("2026-03-01", "0.00", "paid")]
    assert listed("part_paid") == listed("open") == [("2026-03-09", "14.00", "part_paid")]
    clock.advance(days=8)
    assert (listed("overdue"), listed("due")) == ([("2026-03-09", "14.00", "overdue")], [])
    (row,) = api.get("/receivables?status=overdue").json["data"]
    assert (row["order_id"], row["currency"]) == (order.removeprefix("/orders/"), "CNY")
    assert api.get("/receivables", as_=user(reach="own")).json["data"] == []
    assert api.get("/receivables?status=late").status_code == 400
    api.post(f"{order}/cancel", json={"reason": "x"})
    assert (listed("open"), [row[2] for row in listed("paid")]) == ([], ["paid", "paid"])
