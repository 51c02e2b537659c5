"""Orders on their way: partial delivery, cancellation, instalments."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.testing import at_once
from sales.orders import rules

CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents).scaleb(-2))


@given(st.lists(CENTS, min_size=1, max_size=12), st.integers(0, 100))
def test_a_payment_settles_the_first_due_first_and_whole(open_amounts: list[Decimal], percent: int) -> None:
    amount = (sum(open_amounts) * percent / 100).quantize(Decimal("0.01"))
    shares, surplus = rules.share_payment(amount, open_amounts)
    assert (sum(shares), surplus) == (amount, 0)
    assert rules.share_payment(sum(open_amounts) + 1, open_amounts) == (open_amounts, 1)
    for place, (part, still) in enumerate(zip(shares, open_amounts, strict=True)):
        assert 0 <= part <= still
        assert part == still or not any(shares[place + 1 :])


@pytest.fixture
def order(api, clock, new_deal):
    deal = new_deal()
    api.post(f"/deals/{deal['id']}/win", json={})
    lines = [
        {"description": "Fixture", "quantity": "200", "unit_price": "0.50"},
        {"description": "Cable", "quantity": "1.5", "unit_price": "0.02"},
    ]
    return "/orders/" + api.post("/orders", json={"deal_id": deal["id"], "lines": lines}).json["id"]


def test_an_order_leaves_in_parts_and_arrives(api, outbox, order) -> None:
    part = {"reference": "W1", "lines": [{"position": 1, "quantity": "120"}]}
    answers = at_once(*[partial(api.post, f"{order}/ship", json=part)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    assert (api.get(order).json["status"], api.get(order).json["lines"][0]["shipped"]) == ("part_shipped", "120.000")
    more = {"reference": "W2", "lines": [{"position": 1, "quantity": "80.001"}]}
    assert api.post(f"{order}/ship", json=more).json["errors"][0]["code"] == "too_many"
    rest = api.post(f"{order}/ship", json={"reference": "W2"}).json
    assert rest["lines"] == {"1": "80.000", "2": "1.500"}
    for shipment in api.get(f"{order}/shipments").json["data"]:
        deliver = partial(api.post, f"{order}/shipments/{shipment['id']}/deliver")
        assert [answer.status_code for answer in at_once(deliver, deliver)] == [200, 200]
    assert [event.data["status"] for event in outbox.events("order.shipped")] == ["part_shipped", "shipped"]
    assert [event.data["status"] for event in outbox.events("order.delivered")] == ["shipped", "delivered"]
    assert api.post(f"{order}/ship", json={"reference": "W3"}).json["code"] == "order_delivered"
    assert api.post(f"{order}/cancel", json={"reason": "late"}).json["code"] == "order_delivered"


def test_cancelled_and_shipped_at_once_one_wins(api, outbox, order) -> None:
    answers = at_once(
        partial(api.post, f"{order}/cancel", json={"reason": "mistake"}),
        partial(api.post, f"{order}/ship", json={"reference": "W1"}),
    )
    assert sum(answer.status_code < 300 for answer in answers) == 1
    assert len(outbox.events("order.cancelled") + outbox.events("order.shipped")) == 1


def test_a_file_of_instalments_holds_the_columns_that_are_asked_for(api, order) -> None:
    api.put(f"{order}/instalments", json={"instalments": [{"due_on": "2026-04-01", "amount": "100.03"}]})
    asked = api.get("/receivables/export?fields=amount,open,status")
    assert asked.text.splitlines() == ["amount,open,status", "100.03,100.03,due"]
    assert api.get("/deals/export?fields=name,days_left").text.splitlines() == ["name,days_left", "200 fixtures,"]
    assert api.get("/deals/export?fields=name").text.splitlines() == ["name", "200 fixtures"]


def test_instalments_are_paid_first_due_first_and_told_late_once(api, clock, tick, outbox, order) -> None:
    plan = [{"due_on": "2026-04-01", "amount": "60.03"}, {"due_on": "2026-03-10", "amount": "40.00"}]
    wrong = api.put(f"{order}/instalments", json={"instalments": plan[:1]})
    assert wrong.json["errors"][0]["code"] == "not_the_total"
    made = api.put(f"{order}/instalments", json={"instalments": plan}).json["data"]
    assert [(one["due_on"], one["status"]) for one in made] == [("2026-03-10", "due"), ("2026-04-01", "due")]
    pay = partial(api.post, f"{order}/payments", json={"reference": "B1", "amount": "45.01"})
    assert [answer.status_code for answer in at_once(pay, pay, pay)] == [200] * 3
    paid = api.get(f"{order}/instalments").json["data"]
    assert [(one["paid"], one["status"]) for one in paid] == [("40.00", "paid"), ("5.01", "part_paid")]
    other = api.post(f"{order}/payments", json={"reference": "B1", "amount": "1"})
    assert (other.status_code, other.json["code"]) == (409, "reference_used")
    for amount, code in (("-1", "out_of_range"), ("0", "out_of_range"), ("55.03", "too_much")):
        refused = api.post(f"{order}/payments", json={"reference": "B2", "amount": amount})
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, code)
    clock.advance(days=31)
    tick("overdue"), tick("overdue")
    assert outbox.one("order.overdue").data["instalment"]["open"] == "55.02"
    assert api.get(f"{order}/instalments").json["data"][1]["status"] == "overdue"
    last = api.post(f"{order}/payments", json={"reference": "B3", "amount": "55.02"}).json["data"]
    assert [one["status"] for one in last] == ["paid", "paid"]
    assert len(outbox.events("order.paid")) == 1


def test_an_order_that_nobody_planned_is_due_in_one_from_its_first_payment(api, outbox, tick, order) -> None:
    too_much = api.post(f"{order}/payments", json={"reference": "B1", "amount": "100.04"})
    refused = too_much.json["errors"][0]
    assert (too_much.status_code, refused["code"], refused["message"]) == (
        422, "too_much", "100.03 is still to be paid."
    )  # fmt: skip
    assert (api.get(f"{order}/instalments").json["data"], outbox.events("order.part_paid")) == ([], [])
    pay = partial(api.post, f"{order}/payments", json={"reference": "B1", "amount": "60.00"})
    assert [answer.status_code for answer in at_once(pay, pay)] == [200, 200]
    (one,) = api.get(f"{order}/instalments").json["data"]
    assert (one["amount"], one["paid"], one["status"]) == ("100.03", "60.00", "part_paid")
    assert outbox.one("order.part_paid").data["payment"] == {"amount": "60.00", "still_open": "40.03"}
    assert [row["open"] for row in api.get("/receivables").json["data"]] == ["40.03"]
    api.post(f"{order}/payments", json={"reference": "B2", "amount": "45.03", "accept_surplus": True})
    found = api.get(f"{order}/balance").json
    assert (found["paid"], found["open"], found["refundable"]) == ("105.03", "0.00", "5.00")
    assert len(outbox.events("order.paid")) == 1


def test_money_for_what_was_credited_whole_without_a_plan_is_to_be_paid_back(api, outbox, order) -> None:
    api.post(f"{order}/credit-notes", json={"reference": "G", "reason": "goodwill", "amount": "100.03"})
    body = {"reference": "B1", "amount": "10.00"}
    assert api.post(f"{order}/payments", json=body).json["errors"][0]["message"] == "0.00 is still to be paid."
    assert api.post(f"{order}/payments", json=body | {"accept_surplus": True}).json["data"] == []
    assert api.get(f"{order}/balance").json["refundable"] == "10.00"
    assert outbox.events("order.paid") == []
