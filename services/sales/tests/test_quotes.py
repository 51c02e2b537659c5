"""Quotes: their totals, approval, the customer's link and the document."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import money
from chassis.ids import uuid7
from chassis.testing import at_once, code_of
from sales.quotes import rules

PERCENT = st.decimals(Decimal(0), Decimal(100), places=2)
CURRENCIES = st.sampled_from(("JPY", "CNY", "KWD"))  # no decimals, two, three
ITEMS = st.builds(
    rules.Item,
    quantity=st.decimals(Decimal("0.001"), Decimal("99999.999"), places=3),
    unit_price=st.decimals(Decimal(0), Decimal("999999.99"), places=2),
    discount_percent=PERCENT,
    tax_percent=PERCENT,
)


@given(st.lists(ITEMS, min_size=1, max_size=12), PERCENT, CURRENCIES)
def test_sums_add_up_to_the_unit(items: list[rules.Item], percent: Decimal, currency: str) -> None:
    lines, sums = rules.price(items, percent, currency)
    unit = money.unit(currency)
    assert sums.total == sum(line.total for line in lines) == sums.gross - sums.discount + sums.tax
    for line, item in zip(lines, items, strict=True):
        assert Decimal(0) <= line.discount <= line.gross
        assert all(amount == amount.quantize(unit) for amount in (line.gross, line.discount, line.tax))
        assert abs(line.tax - line.net * item.tax_percent / 100) <= unit / 2


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20), st.integers(0, 100), CURRENCIES)
def test_a_discount_is_shared_out_whole(units: list[int], percent: int, currency: str) -> None:
    weights = [one * money.unit(currency) for one in units]
    amount = money.rounded(sum(weights) * percent / 100, currency)
    shares = money.shared_out(amount, weights, currency)
    assert sum(shares) == (amount if sum(units) else 0)
    assert all(part == money.rounded(part, currency) for part in shares)
    assert all(0 <= part <= weight for part, weight in zip(shares, weights, strict=True))


@pytest.fixture
def new_quote(api, clock, new_deal):
    def make(**more):
        lines = [
            {"description": "Fixture", "quantity": "200", "unit_price": "240.00", "tax_percent": "13"},
            {"description": "Cable, m", "quantity": "0.335", "unit_price": "0.10", "tax_percent": "6"},
        ]
        body = {"valid_until": "2026-03-31", "lines": lines} | more
        return api.post("/quotes", json={"deal_id": more.get("deal_id") or new_deal()["id"]} | body)

    return make


@pytest.fixture
def sent(api, new_quote):
    def make(**more):
        path = f"/quotes/{new_quote(**more).json['id']}"
        assert api.post(f"{path}/submit").json["status"] == "approved"
        return path, api.post(f"{path}/send").json["token"]

    return make


def test_a_quote_is_summed_up_by_line(api, new_quote) -> None:
    quote = new_quote(discount_percent="5").json
    sums = ("gross", "discount", "net", "tax", "total", "base_total")
    assert [quote[name] for name in sums] == [
        "48000.03", "2400.00", "45600.03", "5928.00", "51528.03", "51528.03",
    ]  # fmt: skip
    assert (quote["number"], quote["revision"], quote["status"]) == ("QU-2026-000001", 1, "draft")
    lines = [{"description": "Fixture", "unit_price": "0.10", "quantity": "3"}]
    changed = api.patch(f"/quotes/{quote['id']}", json={"lines": lines}, if_match=1).json
    assert (changed["gross"], changed["discount"], changed["total"]) == ("0.30", "0.02", "0.28")
    assert api.get(f"/quotes/{quote['id']}").json == changed


def test_a_line_takes_what_the_catalogue_says(api, new_quote) -> None:
    led = api.post("/products", json={"code": "LED", "name": "LED", "tax_percent": "13"}).json["id"]
    driver = api.post("/products", json={"code": "D", "name": "Driver"}).json["id"]
    refused = new_quote(lines=[{"product_id": led}])
    assert refused.json["errors"][0]["pointer"] == "/lines/0/unit_price"
    entries = [{"product_id": led, "unit_price": "10.00"}]
    book = {"name": "List", "currency": "CNY", "valid_from": "2026-01-01", "entries": entries}
    api.post("/price-books", json=book)
    (line,) = new_quote(lines=[{"product_id": led, "quantity": "3"}]).json["lines"]
    assert (line["description"], line["unit_price"], line["total"]) == ("LED", "10.00", "33.90")
    api.post("/product-rules", json={"product_id": led, "kind": "requires", "other_id": driver})
    refused = new_quote(lines=[{"description": "Work", "unit_price": "1"}, {"product_id": led}])
    assert refused.json["errors"][0]["pointer"] == "/lines/1/product_id"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"valid_until": "2026-03-01"}, "/valid_until"), ({"deal_id": str(uuid7())}, "/deal_id"),
        ({"lines": []}, "/lines"),
        ({"discount_percent": "101"}, "/discount_percent"), ({"discount_percent": "-1"}, "/discount_percent"),
        ({"lines": [{"description": "A", "unit_price": "-1"}]}, "/lines/0/unit_price"),
        ({"lines": [{"description": "A", "unit_price": "1", "quantity": "0"}]}, "/lines/0/quantity"),
        ({"lines": [{"description": "A", "unit_price": "9999999999999999.99"}]}, "/lines"),
    ],
)  # fmt: skip
def test_a_bad_quote_is_refused_by_field(api, outbox, new_quote, change, pointer) -> None:
    refused = new_quote(**change)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert api.get("/quotes").json["data"] == []


def test_over_the_limit_two_roles_say_yes_and_nobody_to_their_own(api, user, rep, outbox, new_quote) -> None:
    manager = user(reach="all", roles=("sales_manager",), scopes="sales:read sales:write")
    path = f"/quotes/{new_quote(discount_percent='25.01').json['id']}"
    assert code_of(api.post(f"{path}/send")) == (409, "approval_needed")
    assert api.post(f"{path}/submit").json["status"] == "pending"
    assert len(api.post(f"{path}/submit").json["approvals"]) == 2
    assert code_of(api.post(f"{path}/send")) == (409, "quote_pending")
    assert code_of(api.post(f"{path}/approve", json={})) == (403, "own_quote")
    other = user(reach="all", roles=("agent",))
    assert code_of(api.post(f"{path}/approve", json={}, as_=other)) == (403, "not_the_approver")
    answers = at_once(*[partial(api.post, f"{path}/approve", json={}, as_=manager)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    deputy_id = rep("Deputy")
    boss = user(reach="all", roles=("admin",))
    assert api.post(f"{path}/delegate", json={"user_id": str(deputy_id)}, as_=boss).status_code == 200
    deputy = user(id=deputy_id, reach="own")
    approved = api.post(f"{path}/approve", json={"comment": "fine"}, as_=deputy).json
    assert [one["status"] for one in approved["approvals"]] == ["approved", "approved"]
    assert (approved["status"], len(outbox.events("quote.approved"))) == ("approved", 1)
    assert api.post(f"{path}/send").json["token"]


def test_a_refused_or_recalled_quote_is_a_draft_again(api, user, new_quote) -> None:
    boss = user(reach="all", roles=("sales_manager",))
    path = f"/quotes/{new_quote(discount_percent='11').json['id']}"
    api.post(f"{path}/submit")
    assert api.post(f"{path}/reject", json={}, as_=boss).status_code == 422
    assert api.post(f"{path}/reject", json={"comment": "no"}, as_=boss).json["status"] == "draft"
    api.post(f"{path}/submit")
    recalled = api.post(f"{path}/recall").json
    assert [(one["round"], one["status"]) for one in recalled["approvals"]] == [(1, "rejected"), (2, "recalled")]
    assert code_of(api.post(f"{path}/approve", json={}, as_=boss)) == (409, "quote_draft")


def test_a_customer_looks_and_accepts_once(api, outbox, sent) -> None:
    path, token = sent()
    link = f"/public/quotes/{token}"
    at_once(*[partial(api.get, link, as_=None)] * 3)
    assert len(outbox.events("quote.viewed")) == 1
    accept = partial(api.post, f"{link}/accept", json={"name": "王小明"}, as_=None)
    answers = at_once(accept, accept, partial(api.post, f"{link}/accept", json={"name": "王小明"}, as_=None))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (outbox.one("quote.accepted").data["total"], api.get(path).json["decided_by"]) == ("54240.03", "王小明")
    assert code_of(api.post(f"{link}/decline", json={"name": "W", "reason": "no"}, as_=None)) == (409, "quote_accepted")
    assert api.get("/public/quotes/wrong", as_=None).status_code == 404
    deal_id = api.get(path).json["deal_id"]
    api.post(f"/deals/{deal_id}/win", json={})
    placed = api.post("/orders", json={"deal_id": deal_id}).json
    assert (placed["total"], placed["tax"], placed["lines"][0]["description"]) == ("54240.03", "6240.00", "Fixture")
    told = outbox.one("order.placed").data["lines"]
    assert [line["description"] for line in told] == ["SO-2026-000001/1", "SO-2026-000001/2"]
    assert token not in str([event.data for event in outbox.events()])


def test_what_a_customer_accepted_are_the_lines_and_the_amount_of_the_deal(api, outbox, new_deal, sent) -> None:
    deal = new_deal(amount="1.00", currency="CNY")
    lines = [
        {"description": "Lamp", "quantity": "3", "unit_price": "19.99"},
        {"description": "Work", "unit_price": "0.02"},
    ]
    path = f"/deals/{deal['id']}"
    quote_path, token = sent(deal_id=deal["id"], lines=lines, discount_percent="4")
    net = api.get(quote_path).json["net"]
    assert api.get(path).json["amount"] == "1.00"
    for _ in range(2):
        assert api.post(f"/public/quotes/{token}/accept", json={"name": "Li"}, as_=None).status_code == 200
    now = api.get(path).json
    assert (now["amount"], now["base_amount"], now["amount_from_lines"]) == (net, net, True)
    rows = api.get(f"{path}/lines").json["data"]
    assert [(row["description"], row["amount"], row["discount_percent"]) for row in rows] == [
        ("Lamp", "57.57", "4.00"), ("Work", "0.02", "0.00"),
    ]  # fmt: skip
    assert [event.data["amount"] for event in outbox.events("deal.updated")] == [net]


def test_accepted_and_declined_at_once_one_wins(api, outbox, sent) -> None:
    _, token = sent()
    link = f"/public/quotes/{token}"
    answers = at_once(
        partial(api.post, f"{link}/accept", json={"name": "A"}, as_=None),
        partial(api.post, f"{link}/decline", json={"name": "A", "reason": "late"}, as_=None),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(outbox.events("quote.accepted") + outbox.events("quote.declined")) == 1


def test_expired_lost_or_superseded_is_not_accepted(api, clock, outbox, new_deal, sent) -> None:
    deal = new_deal()
    path, token = sent(deal_id=deal["id"])
    accept = partial(api.post, f"/public/quotes/{token}/accept", json={"name": "A"}, as_=None)
    second = sent(deal_id=deal["id"])[1]
    clock.advance(days=30)
    assert code_of(accept()) == (409, "quote_expired")
    clock.advance(days=-1)
    api.post(f"/deals/{deal['id']}/lose", json={"reason": "price"})
    assert code_of(accept()) == (409, "deal_lost")
    assert code_of(api.post("/quotes", json=_small(deal))) == (409, "already_lost")
    api.post(f"/deals/{deal['id']}/reopen", json={})
    assert api.post(f"/public/quotes/{second}/accept", json={"name": "A"}, as_=None).status_code == 200
    assert code_of(accept()) == (409, "another_accepted")
    made = at_once(*[partial(api.post, f"{path}/revise")] * 3)
    assert sorted(answer.status_code for answer in made) == [200, 200, 201]
    assert {(answer.json["revision"], answer.json["status"]) for answer in made} == {(2, "draft")}
    assert accept().status_code == 404
    assert len(outbox.events("quote.accepted")) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_document_is_a_pdf_whatever_people_wrote(api, new_quote, language) -> None:
    quote = new_quote(terms="<b>30 天 & more\n</para>", lines=[{"description": "灯具 <i>", "unit_price": "1"}]).json
    answer = api.get(f"/quotes/{quote['id']}/document?language={language}")
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert answer.data == api.get(f"/quotes/{quote['id']}/document?language={language}").data
    assert api.get(f"/quotes/{quote['id']}/document?language=fr").status_code in (400, 422)


def _small(deal) -> dict:
    return {"deal_id": deal["id"], "valid_until": "2026-12-31", "lines": [{"description": "A", "unit_price": "1"}]}
