"""Orders by what was accepted, and what is credited, cancelled and paid back of them."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import money
from chassis.errors import Conflict, Invalid
from chassis.ids import uuid7
from chassis.testing import at_once, code_of
from sales.credit_notes import rules
from sales.orders import rules as orders

pytestmark = pytest.mark.usefixtures("clock")
UNITS = st.integers(0, 10**9)
CENTS = UNITS.map(lambda cents: Decimal(cents).scaleb(-2))
CURRENCIES = st.sampled_from(("JPY", "CNY", "KWD"))  # no decimals, two, three


@given(UNITS, UNITS, st.lists(st.integers(1, 10**6), min_size=1, max_size=9), CURRENCIES)
def test_credit_notes_for_a_line_come_to_exactly_the_line(net: int, tax: int, parts: list[int], currency: str) -> None:
    unit = money.unit(currency)
    net, tax = net * unit, tax * unit
    cut = [Decimal(part).scaleb(-3) for part in parts]
    quantity, done, found, left = sum(cut), Decimal(0), [], [net, tax]
    for part in cut:
        sold = rules.Sold(quantity, quantity, Decimal(0), done, *left)
        found.append(rules.worth(sold, rules.Taken(returned=part), currency))
        done += part
        left = [still - less for still, less in zip(left, found[-1], strict=True)]
    assert (sum(one for one, _ in found), sum(other for _, other in found)) == (net, tax)
    assert all(amount >= 0 and amount == amount.quantize(unit) for pair in found for amount in pair)


@given(st.lists(st.tuples(UNITS, UNITS), min_size=1, max_size=9), st.integers(1, 100), CURRENCIES)
def test_an_amount_is_spread_over_all_lines_exactly(lines: list[tuple[int, int]], percent: int, currency: str) -> None:
    unit = money.unit(currency)
    left = [(net * unit, tax * unit) for net, tax in lines]
    whole = sum(net + tax for net, tax in left)
    amount = money.rounded(whole * percent / 100, currency)
    if not whole:
        with pytest.raises(Conflict):
            rules.spread(unit, left, currency)
        return
    parts = rules.spread(amount, left, currency)
    assert sum(net + tax for net, tax in parts) == amount
    for (net, tax), (net_left, tax_left) in zip(parts, left, strict=True):
        assert 0 <= net <= net_left
        assert 0 <= tax <= tax_left
    with pytest.raises(Invalid):
        rules.spread(whole + unit, left, currency)


@given(st.lists(CENTS, min_size=1, max_size=9), CENTS)
def test_what_is_owed_no_more_comes_off_the_last_due_first(open_amounts: list[Decimal], amount: Decimal) -> None:
    parts = orders.take_off(open_amounts, amount)
    assert sum(parts) == min(amount, sum(open_amounts))
    for place, (part, still) in enumerate(zip(parts, open_amounts, strict=True)):
        assert 0 <= part <= still
        assert part == still or not any(parts[:place])


def _fault(answer) -> tuple[int, str, str]:
    return answer.status_code, answer.json["errors"][0]["pointer"], answer.json["errors"][0]["code"]


@pytest.fixture
def quote(api, new_deal):
    """Makes a quote of a won deal that was sent; its path and its deal's id."""

    def make(deal_id: str | None = None, **more) -> tuple[str, str]:
        deal_id = deal_id or new_deal()["id"]
        lines = [
            {"description": "Lamp for 王小明", "quantity": "3", "unit_price": "33.33", "tax_percent": "13"},
            {"description": "Cable, m", "quantity": "10.5", "unit_price": "1.10", "tax_percent": "6"},
        ]
        body = {"deal_id": deal_id, "valid_until": "2026-03-31", "lines": lines, "discount_percent": "5"} | more
        path = f"/quotes/{api.post('/quotes', json=body).json['id']}"
        assert api.post(f"{path}/submit").json["status"] == "approved"
        assert api.post(f"{path}/send").status_code == 200
        return path, deal_id

    return make


@pytest.fixture
def order(api, quote):
    """An order of 3 lamps and 10.5 m of cable, with discount and tax; its path."""
    path, deal_id = quote()
    assert api.post(f"{path}/accept", json={"name": "Wang"}).status_code == 200
    api.post(f"/deals/{deal_id}/win", json={})
    placed = api.post("/orders", json={"deal_id": deal_id}).json
    return f"/orders/{placed['id']}"


@pytest.fixture
def planned(api, order):
    """The same, to be paid 100 today and the rest in April."""
    total = Decimal(api.get(order).json["total"])
    plan = [{"due_on": "2026-03-02", "amount": "60.00"}, {"due_on": "2026-04-01", "amount": str(total - 60)}]
    assert api.put(f"{order}/instalments", json={"instalments": plan}).status_code == 200
    return order


def _balance(api, order) -> tuple[str, ...]:
    found = api.get(f"{order}/balance").json
    total, credited, paid, refunded, still, back = (
        found[name] for name in ("total", "credited", "paid", "refunded", "open", "refundable")
    )
    sides = Decimal(still) - Decimal(back), Decimal(total) - Decimal(credited) - Decimal(paid) + Decimal(refunded)
    assert sides[0] == sides[1]
    return credited, paid, refunded, still, back


def test_an_order_has_the_lines_that_the_customer_accepted(api, outbox, quote) -> None:
    path, deal_id = quote()
    api.post(f"/deals/{deal_id}/win", json={})
    place = partial(api.post, "/orders")
    assert code_of(place(json={"deal_id": deal_id})) == (409, "quote_not_accepted")
    lines = [{"description": "A", "unit_price": "1.00"}]
    quote_id = path.removeprefix("/quotes/")
    assert code_of(place(json={"deal_id": deal_id, "lines": lines})) == (409, "quote_not_accepted")
    assert _fault(place(json={"deal_id": deal_id, "quote_id": str(uuid7())})) == (422, "/quote_id", "unknown_quote")
    assert outbox.events("order.placed") == []
    accepted = api.post(f"{path}/accept", json={"name": "Wang"}).json
    assert code_of(place(json={"deal_id": deal_id, "lines": lines})) == (409, "quote_accepted")
    answers = at_once(*[partial(place, json={"deal_id": deal_id, "quote_id": quote_id})] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    order = answers[0].json
    assert (order["quote_id"], order["total"], order["tax"]) == (quote_id, accepted["total"], accepted["tax"])
    names = ("description", "quantity", "unit_price", "discount", "tax_percent", "tax")
    assert [[line[name] for name in names] for line in order["lines"]] == [
        [line[name] for name in names] for line in accepted["lines"]
    ]
    assert "王小明" not in str(outbox.one("order.placed").data)
    more = {"deal_id": deal_id, "additional": True}
    assert _fault(place(json=more)) == (422, "/lines", "required")
    assert place(json=more | {"lines": lines}).status_code == 201


def test_an_expired_quote_is_not_ordered_nor_one_of_a_lost_deal(api, clock, outbox, quote) -> None:
    path, deal_id = quote()
    clock.advance(days=30)
    assert code_of(api.post(f"{path}/accept", json={"name": "W"})) == (409, "quote_expired")
    api.post(f"/deals/{deal_id}/win", json={})
    body = {"deal_id": deal_id, "quote_id": path.removeprefix("/quotes/")}
    assert code_of(api.post("/orders", json=body)) == (409, "quote_expired")
    other, lost = quote(valid_until="2026-04-30")
    api.post(f"{other}/accept", json={"name": "W"})
    api.post(f"/deals/{lost}/lose", json={"reason": "price"})
    body = {"deal_id": lost, "quote_id": other.removeprefix("/quotes/")}
    assert code_of(api.post("/orders", json=body)) == (409, "deal_not_won")
    assert (outbox.events("order.placed"), api.get("/orders").json["data"]) == ([], [])


def test_a_part_is_credited_once_and_comes_off_what_is_due_last(api, outbox, planned) -> None:
    body = {"reference": "R1", "reason": "Wang wants less", "lines": [{"position": 1, "quantity": "1"}]}
    answers = at_once(*[partial(api.post, f"{planned}/credit-notes", json=body)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    note = answers[0].json
    assert (note["number"], note["net"], note["tax"], note["total"]) == ("CN-2026-000001", "31.66", "4.12", "35.78")
    assert (note["settled"], note["refundable"]) == ("35.78", "0.00")
    told = outbox.one("credit_note.issued").data
    assert (told["total"], told["lines"][0]["cancelled"], "Wang" in str(told)) == ("35.78", "1.000", False)
    document = api.get(f"/credit-notes/{note['id']}/document?language=en")
    assert (document.status_code, document.data[:5]) == (200, b"%PDF-")
    plan = api.get(f"{planned}/instalments").json["data"]
    assert [(one["released"], one["status"]) for one in plan] == [("0.00", "due"), ("35.78", "due")]
    assert api.get(planned).json["status"] == "placed"
    rest = api.post(f"{planned}/ship", json={"reference": "W1"}).json
    assert rest["lines"] == {"1": "2.000", "2": "10.500"}
    assert api.get(planned).json["status"] == "shipped"


@pytest.mark.parametrize(
    ("line", "pointer", "code"),
    [
        ({"position": 1, "quantity": "3.001"}, "/lines", "too_many"),
        ({"position": 1, "quantity": "1", "returned": True}, "/lines", "too_many"),
        ({"position": 9, "quantity": "1"}, "/lines", "unknown_line"),
        ({"position": 1, "quantity": "0"}, "/lines/0/quantity", "out_of_range"),
        ({"position": 1, "quantity": "-1"}, "/lines/0/quantity", "out_of_range"),
    ],
)
def test_more_than_there_is_is_not_credited(api, user, outbox, planned, line, pointer, code) -> None:
    body = {"reference": "R1", "reason": "x", "lines": [line]}
    before = api.get(planned).json
    assert _fault(api.post(f"{planned}/credit-notes", json=body)) == (422, pointer, code)
    twice = body | {"lines": [{"position": 1, "quantity": "2"}] * 2}
    assert _fault(api.post(f"{planned}/credit-notes", json=twice)) == (422, "/lines", "too_many")
    assert api.post(f"{planned}/credit-notes", json=twice, as_=user(reach="own")).status_code == 404
    assert (api.get(planned).json, api.get("/credit-notes").json["data"]) == (before, [])
    assert outbox.events("credit_note.issued") == []


def test_a_paid_order_of_which_a_part_left_is_cancelled_and_paid_back(api, outbox, planned) -> None:
    api.post(f"{planned}/ship", json={"reference": "W1", "lines": [{"position": 1, "quantity": "2"}]})
    total = api.get(planned).json["total"]
    api.post(f"{planned}/payments", json={"reference": "B1", "amount": "100.00"})
    told = outbox.one("order.part_paid").data["payment"]
    assert told == {"amount": "100.00", "still_open": str(Decimal(total) - 100)}
    answers = at_once(*[partial(api.post, f"{planned}/cancel", json={"reason": "late"})] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (note,) = api.get("/credit-notes").json["data"]
    assert [(line["position"], line["cancelled"]) for line in note["lines"]] == [(1, "1.000"), (2, "10.500")]
    still = Decimal(total) - 100
    assert (Decimal(note["settled"]), Decimal(note["refundable"])) == (still, Decimal(note["total"]) - still)
    assert api.get(planned).json["status"] == "shipped"
    assert (len(outbox.events("order.paid")), outbox.events("order.cancelled")) == (1, [])
    back = note["refundable"]
    assert _balance(api, planned) == (note["total"], "100.00", "0.00", "0.00", back)
    too_much = {"reference": "X", "amount": str(Decimal(back) + Decimal("0.01"))}
    assert _fault(api.post(f"{planned}/refunds", json=too_much)) == (422, "/amount", "too_much")
    pay_back = partial(api.post, f"{planned}/refunds", json={"reference": "F1", "amount": back})
    assert [answer.status_code for answer in at_once(pay_back, pay_back, pay_back)] == [200] * 3
    assert _balance(api, planned) == (note["total"], "100.00", back, "0.00", "0.00")
    assert outbox.one("order.refunded").data["refund"] == {"amount": back, "still_refundable": "0.00"}
    other = api.post(f"{planned}/refunds", json={"reference": "F1", "amount": "1.00"})
    assert code_of(other) == (409, "reference_used")


def test_all_that_came_back_cancels_the_order_to_the_cent(api, outbox, planned) -> None:
    api.post(f"{planned}/ship", json={"reference": "W1"})
    (shipment,) = api.get(f"{planned}/shipments").json["data"]
    api.post(f"{planned}/shipments/{shipment['id']}/deliver")
    order = api.get(planned).json
    assert order["status"] == "delivered"
    assert code_of(api.post(f"{planned}/cancel", json={"reason": "x"})) == (409, "order_delivered")
    lines = [{"position": 1, "quantity": "1", "returned": True}, {"position": 2, "quantity": "3.3", "returned": True}]
    first = {"reference": "R1", "reason": "broken", "lines": lines}
    assert api.post(f"{planned}/credit-notes", json=first).status_code == 201
    assert api.get(planned).json["status"] == "delivered"
    api.post(f"{planned}/payments", json={"reference": "B1", "amount": _balance(api, planned)[3]})
    cancelled = api.post(f"{planned}/cancel", json={"reason": "all broken", "returned": True}).json
    assert (cancelled["status"], cancelled["credited"]) == ("cancelled", order["total"])
    notes = api.get("/credit-notes?sort=issued_at").json["data"]
    assert sorted(note["number"] for note in notes) == ["CN-2026-000001", "CN-2026-000002"]
    assert sum(Decimal(note["tax"]) for note in notes) == Decimal(order["tax"])
    paid = _balance(api, planned)[1]
    assert _balance(api, planned) == (order["total"], paid, "0.00", "0.00", paid)
    assert len(outbox.events("order.cancelled")) == 1
    assert code_of(api.post(f"{planned}/credit-notes", json=first | {"reference": "R2"})) == (409, "order_cancelled")
    assert api.post(f"{planned}/credit-notes", json=first).status_code == 200


@pytest.mark.parametrize("shipped", [False, True])
def test_what_is_credited_already_is_cancelled_without_a_note_of_nothing(api, outbox, planned, shipped) -> None:
    total = api.get(planned).json["total"]
    if shipped:
        api.post(f"{planned}/ship", json={"reference": "W1", "lines": [{"position": 1, "quantity": "2"}]})
    whole = {"reference": "R1", "reason": "a favour", "amount": total}
    note = api.post(f"{planned}/credit-notes", json=whole).json
    cancelled = api.post(f"{planned}/cancel", json={"reason": "late"}).json
    expected = ("shipped", None) if shipped else ("cancelled", "late")
    assert (cancelled["status"], cancelled["cancel_reason"], cancelled["credited"]) == (*expected, total)
    assert [line["cancelled"] for line in cancelled["lines"]] == (
        ["1.000", "10.500"] if shipped else ["3.000", "10.500"]
    )
    assert [one["number"] for one in api.get("/credit-notes").json["data"]] == [note["number"]]
    assert (len(outbox.events("credit_note.issued")), len(outbox.events("order.cancelled"))) == (1, int(not shipped))
    assert api.post(f"{planned}/cancel", json={"reason": "late"}).status_code == 409
    assert _balance(api, planned) == (total, "0.00", "0.00", "0.00", "0.00")


def test_too_much_money_is_noted_only_when_said_and_paid_back(api, planned) -> None:
    total = Decimal(api.get(planned).json["total"])
    body = {"reference": "B1", "amount": str(total + 5)}
    assert _fault(api.post(f"{planned}/payments", json=body)) == (422, "/amount", "too_much")
    assert _balance(api, planned)[1] == "0.00"
    pay = partial(api.post, f"{planned}/payments", json=body | {"accept_surplus": True})
    answers = at_once(pay, pay)
    assert [one["status"] for one in answers[0].json["data"]] == ["paid", "paid"]
    assert _balance(api, planned) == ("0.00", str(total + 5), "0.00", "0.00", "5.00")


def test_money_for_a_cancelled_order_is_to_be_paid_back(api, outbox, order) -> None:
    body = {"reference": "B1", "amount": "10.00", "accept_surplus": True}
    api.post(f"{order}/cancel", json={"reason": "late"})
    assert code_of(api.post(f"{order}/payments", json=body | {"accept_surplus": False})) == (409, "order_cancelled")
    assert api.post(f"{order}/payments", json=body).status_code == 200
    found = api.get(f"{order}/balance").json
    assert (found["paid"], found["open"], found["refundable"]) == ("10.00", "0.00", "10.00")
    assert (outbox.events("order.paid"), outbox.events("credit_note.issued")) == ([], [])


def test_numbers_have_no_gaps_however_many_come_at_once_or_fail(api, clock, new_deal) -> None:
    paths = []
    for _ in range(4):
        deal = new_deal()["id"]
        api.post(f"/deals/{deal}/win", json={})
        lines = [{"description": "A", "quantity": "2", "unit_price": "1.00"}]
        paths.append(f"/orders/{api.post('/orders', json={'deal_id': deal, 'lines': lines}).json['id']}")

    def credit(path, reference, quantity):
        body = {"reference": reference, "reason": "x", "lines": [{"position": 1, "quantity": quantity}]}
        return api.post(f"{path}/credit-notes", json=body)

    good = [partial(credit, path, "R1", "1") for path in paths]
    at_once(*good, *[partial(credit, path, "R2", "9") for path in paths])
    clock.advance(days=365)
    assert credit(paths[0], "R3", "1").json["number"] == "CN-2027-000001"
    numbers = sorted(note["number"] for note in api.get("/credit-notes").json["data"])
    assert numbers == [*(f"CN-2026-00000{n}" for n in range(1, 5)), "CN-2027-000001"]


def test_an_instalment_is_told_of_on_its_day_and_once(api, clock, tick, outbox, planned) -> None:
    tick("due"), tick("due")
    assert outbox.one("order.due").data["instalment"] == {"position": 1, "due_on": "2026-03-02", "open": "60.00"}
    assert outbox.events("order.overdue") == []
    api.post(f"{planned}/payments", json={"reference": "B1", "amount": "70.00"})
    api.post(f"{planned}/cancel", json={"reason": "late"})
    clock.advance(days=60)
    tick("due"), tick("overdue")
    assert (len(outbox.events("order.due")), outbox.events("order.overdue")) == (1, [])


def _credit(api, order, reference, amount, **more):
    return api.post(f"{order}/credit-notes", json={"reference": reference, "reason": "sorry", "amount": amount} | more)


def test_an_amount_by_itself_is_taken_off_all_lines_and_less_comes_back_for_them(api, outbox, planned) -> None:
    api.post(f"{planned}/ship", json={"reference": "W1"})
    before = api.get(planned).json
    assert (before["total"], before["tax"]) == ("118.97", "13.01")
    note = _credit(api, planned, "G1", "20.00").json
    assert (note["net"], note["tax"], note["total"], note["settled"]) == ("17.81", "2.19", "20.00", "20.00")
    shown = [(line["position"], line["cancelled"], line["returned"], line["total"]) for line in note["lines"]]
    assert shown == [(1, "0.000", "0.000", "18.04"), (2, "0.000", "0.000", "1.96")]
    after = api.get(planned).json
    assert (after["status"], after["credited"], after["lines"]) == (before["status"], "20.00", before["lines"])
    told = outbox.one("credit_note.issued").data
    assert (told["order_total"], told["order_credited"]) == ("118.97", "20.00")
    assert [one["released"] for one in api.get(f"{planned}/instalments").json["data"]] == ["0.00", "20.00"]
    assert api.get(f"/credit-notes/{note['id']}/document?language=zh").data[:5] == b"%PDF-"
    lines = [{"position": 1, "quantity": "1", "returned": True}]
    back = api.post(f"{planned}/credit-notes", json={"reference": "R1", "reason": "x", "lines": lines}).json
    assert back["total"] == "29.76"  # thirds of 94.99 - 15.96 and of 12.35 - 2.08
    api.post(f"{planned}/shipments/{api.get(f'{planned}/shipments').json['data'][0]['id']}/deliver")
    cancelled = api.post(f"{planned}/cancel", json={"reason": "x", "returned": True}).json
    assert (cancelled["status"], cancelled["credited"]) == ("cancelled", "118.97")
    notes = api.get("/credit-notes").json["data"]
    assert sum(Decimal(note["tax"]) for note in notes) == Decimal("13.01")
    assert [event.data["order_credited"] for event in outbox.events("credit_note.issued")][-1] == "118.97"
    assert _balance(api, planned) == ("118.97", "0.00", "0.00", "0.00", "0.00")


def test_no_more_is_credited_than_was_invoiced_however_many_ask_at_once(api, outbox, planned) -> None:
    before = api.get(planned).json
    assert _fault(_credit(api, planned, "G", "118.98")) == (422, "/amount", "too_much")
    assert _fault(_credit(api, planned, "G", "0.00")) == (422, "/amount", "out_of_range")
    assert _fault(_credit(api, planned, "G", "1.005")) == (422, "/amount", "decimals")
    lines = [{"position": 1, "quantity": "1"}]
    assert _fault(_credit(api, planned, "G", "1.00", lines=lines)) == (422, "/amount", "one_of")
    neither = api.post(f"{planned}/credit-notes", json={"reference": "G", "reason": "x"})
    assert _fault(neither) == (422, "/lines", "required")
    assert (api.get(planned).json, outbox.events("credit_note.issued")) == (before, [])
    answers = at_once(*[partial(_credit, api, planned, reference, "118.97") for reference in ("G1", "G2")])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert [answer.json["code"] for answer in answers if answer.status_code == 409] == ["nothing_left"]
    (note,) = api.get("/credit-notes").json["data"]
    assert (note["total"], api.get(planned).json["credited"]) == ("118.97", "118.97")
    assert _balance(api, planned) == ("118.97", "0.00", "0.00", "0.00", "0.00")
    again = _credit(api, planned, note["reference"], "118.97")
    assert (again.status_code, again.json["id"]) == (200, note["id"])
    assert code_of(_credit(api, planned, note["reference"], "1.00")) == (409, "reference_used")
    by_line = {"reference": note["reference"], "reason": "x", "lines": lines}
    assert code_of(api.post(f"{planned}/credit-notes", json=by_line)) == (409, "reference_used")
    assert len(outbox.events("credit_note.issued")) == 1
