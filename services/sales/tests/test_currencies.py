"""Exchange rates, and deals valued by them."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import money
from chassis.testing import at_once
from sales.currencies import rules

AMOUNTS = st.decimals(Decimal(0), Decimal("9999999999999999.99"), places=2)
RATES = st.decimals(Decimal("0.00000001"), Decimal("9999999999.99999999"), places=8)


@pytest.fixture
def new_rate(api, clock):
    def make(rate: str, valid_from: str = "2026-03-01", currency: str = "USD"):
        return api.post("/exchange-rates", json={"currency": currency, "valid_from": valid_from, "rate": rate})

    return make


@given(AMOUNTS, RATES, st.sampled_from(("JPY", "CNY", "KWD")))
def test_a_conversion_is_off_by_half_a_unit_at_most(amount: Decimal, rate: Decimal, currency: str) -> None:
    converted, unit = rules.convert(amount, rate, currency), money.unit(currency)
    assert converted == converted.quantize(unit, context=Context(prec=60))
    assert abs(Fraction(converted) - Fraction(amount) * Fraction(rate)) <= Fraction(unit) / 2
    assert rules.convert(amount, rate, "CNY", rate) == amount


def test_the_newest_rate_of_a_day_holds(api, new_rate) -> None:
    new_rate("7.00", "2026-01-01"), new_rate("7.25", "2026-03-02"), new_rate("8.00", "2026-03-03")
    ask = "/convert?amount=10.01&from_currency=USD"
    assert api.get(ask).json["amount"] == "72.57"
    assert api.get(ask + "&on=2026-03-01").json["amount"] == "70.07"
    back = api.get("/convert?amount=72.57&from_currency=CNY&to_currency=USD").json
    assert (back["amount"], back["to_rate"]) == ("10.01", "7.25000000")
    refused = api.get(ask + "&on=2025-12-31")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "no_rate")


def test_one_rate_a_day_and_the_same_again_is_no_news(api, new_rate) -> None:
    answers = at_once(*[partial(new_rate, "7.1")] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    other = new_rate("7.2")
    assert (other.status_code, other.json["code"]) == (409, "rate_exists")
    assert len(api.get("/exchange-rates?currency=USD").json["data"]) == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"rate": "0"}, "/rate"), ({"rate": "-1"}, "/rate"), ({"rate": "NaN"}, "/rate"),
        ({"currency": "XXZ"}, "/currency"),
        ({"currency": "CNY"}, "/currency"), ({"valid_from": "2026-02-30"}, "/valid_from"),
    ],
)  # fmt: skip
def test_a_bad_rate_is_refused_by_field(api, user, change, pointer) -> None:
    body = {"currency": "USD", "valid_from": "2026-03-01", "rate": "7"}
    refused = api.post("/exchange-rates", json=body | change)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert api.post("/exchange-rates", json=body, as_=user(reach="own")).status_code == 403
    assert api.get("/exchange-rates").json["data"] == []


def test_a_new_rate_moves_open_deals_and_never_closed_ones(api, clock, tick, new_rate, new_deal) -> None:
    early = new_deal(amount="100.00", currency="USD")
    assert early["base_amount"] is None
    first = new_rate("7.00").json
    tick("rates")
    closed = [new_deal(amount="100.00", currency="USD")["id"] for _ in range(2)]
    assert api.get(f"/deals/{early['id']}").json["base_amount"] == "700.00"
    api.post(f"/deals/{closed[0]}/win", json={})
    api.post(f"/deals/{closed[1]}/lose", json={"reason": "price"})
    api.patch(f"/exchange-rates/{first['id']}", json={"rate": "6"}, if_match=1)
    new_rate("7.5", "2026-03-05")
    tick("rates")
    deal = api.get(f"/deals/{early['id']}").json
    assert (deal["base_amount"], deal["version"]) == ("600.00", early["version"])
    clock.advance(days=4)
    tick("rates")
    tick("rates")
    assert api.get(f"/deals/{early['id']}").json["base_amount"] == "750.00"
    for deal_id in closed:
        assert api.get(f"/deals/{deal_id}").json["base_amount"] == "700.00"
    changed = api.patch(f"/deals/{early['id']}", json={"amount": "3.33"}, if_match=early["version"]).json
    assert (changed["base_amount"], changed["base_rate"]) == ("24.98", "7.50000000")
    assert new_deal(amount="5.00")["base_amount"] == "5.00"


def test_a_deal_closed_before_its_currency_had_a_rate_is_valued_once_it_has(
    api, clock, outbox, tick, new_rate, new_deal
) -> None:
    won, lost, later, other = (
        new_deal(amount="100.00", currency=currency)["id"] for currency in ("USD", "USD", "USD", "JPY")
    )
    for deal_id in (won, other):
        assert api.post(f"/deals/{deal_id}/win", json={}).json["base_amount"] is None
    api.post(f"/deals/{lost}/lose", json={"reason": "price"})
    clock.advance(days=3)
    new_rate("7.00", "2026-03-01"), new_rate("8.00", "2026-03-04")
    before = len(outbox.events())
    tick("rates")
    tick("rates")
    told = outbox.events()[before:]
    assert [(event.type, event.data["deal_id"]) for event in told] == [("deal.updated", won), ("deal.updated", lost)]
    assert [api.get(f"/deals/{deal_id}").json["base_amount"] for deal_id in (won, lost)] == ["700.00", "700.00"]
    assert api.get(f"/deals/{later}").json["base_amount"] == "800.00"
    assert api.get(f"/deals/{other}").json["base_amount"] is None
    assert api.get("/deals/study").json["total"]["won_amount"] == "700.00"
