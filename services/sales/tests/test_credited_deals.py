"""What credit notes and cancelled orders leave of a won deal, in every figure of sales."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.testing import at_once

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def won(api, new_deal):
    """Makes a deal and wins it, with its credit split if told so; its id."""

    def make(amount: str = "1000.00", *credits: tuple[str, str], lines=None, **data) -> str:
        deal = new_deal(amount=amount, **data)["id"]
        if lines:
            assert api.put(f"/deals/{deal}/lines", json={"lines": lines}).status_code == 200
        if credits:
            shares = [{"rep_id": rep_id, "percent": percent} for rep_id, percent in credits]
            assert api.put(f"/deals/{deal}/credits", json={"credits": shares}).status_code == 200
        assert api.post(f"/deals/{deal}/win", json={}).status_code == 200
        return deal

    return make


@pytest.fixture
def ordered(api):
    """Places an order of a deal; its path."""

    def place(deal: str, price: str | None = None, tax: str = "0", **more) -> str:
        line = {"description": "Lamp", "quantity": "2", "unit_price": price, "tax_percent": tax}
        answer = api.post("/orders", json={"deal_id": deal} | ({"lines": [line]} if price else {}) | more)
        assert answer.status_code == 201, answer.text
        return f"/orders/{answer.json['id']}"

    return place


def _credit(api, order: str, reference: str, amount: str):
    return api.post(f"{order}/credit-notes", json={"reference": reference, "reason": "dented", "amount": amount})


def _cancel(api, order: str):
    return api.post(f"{order}/cancel", json={"reason": "late"})


def _left(api, deal: str) -> tuple[str, str]:
    shown = api.get(f"/deals/{deal}").json
    return shown["credited"], shown["base_credited"]


def test_a_deal_is_credited_before_tax_and_says_so_each_time(api, outbox, won, ordered) -> None:
    deal = won("1000.00")
    order = ordered(deal, "500.00", "13")
    assert outbox.events("deal.credited") == []
    for _ in range(2):
        assert _credit(api, order, "A", "113.00").status_code in (200, 201)
    assert _left(api, deal) == ("100.00", "100.00")
    assert _credit(api, order, "B", "2000.00").status_code == 422
    event = outbox.one("deal.credited")
    shown = api.get(f"/deals/{deal}").json
    assert (event.subject, event.sequence) == (f"deals/{deal}", shown["version"])
    state = ("amount", "credited", "stage_kind", "currency", "closed_at")
    assert [event.data[name] for name in state[:4]] == ["1000.00", "100.00", "won", "CNY"]
    assert event.data["closed_at"] is not None
    assert _cancel(api, order).status_code == 200
    assert _left(api, deal) == ("1000.00", "1000.00")
    assert [one.data["credited"] for one in outbox.events("deal.credited")] == ["100.00", "1000.00"]
    assert _cancel(api, order).status_code == 409
    assert len(outbox.events("deal.credited")) == 2


def test_what_is_ordered_instead_counts_again_and_what_was_ordered_besides_never_did(api, outbox, won, ordered) -> None:
    deal = won("1000.00")
    assert _cancel(api, ordered(deal)).status_code == 200
    assert _left(api, deal) == ("1000.00", "1000.00")
    second = ordered(deal, additional=True, price="500.00")
    assert _left(api, deal) == ("0.00", "0.00")
    more = ordered(deal, additional=True, price="150.00")
    _credit(api, more, "A", "300.00")
    assert _left(api, deal) == ("0.00", "0.00")
    _credit(api, second, "B", "0.01")
    assert [one.data["credited"] for one in outbox.events("deal.credited")] == ["1000.00", "0.00", "0.01"]


def test_all_who_credit_cancel_and_order_at_once_leave_what_the_orders_say(api, outbox, won, ordered) -> None:
    deal = won("1000.00")
    first, second = ordered(deal, "500.00"), ordered(deal, "500.00", additional=True)
    again = {"deal_id": deal, "additional": True, "lines": [{"description": "Lamp", "unit_price": "100.00"}]}
    answers = at_once(
        *(partial(_credit, api, first, f"A{n}", "50.00") for n in range(3)), partial(_cancel, api, second),
        partial(_cancel, api, second), partial(api.post, "/orders", json=again),
        partial(_credit, api, second, "B", "10.00"),
    )  # fmt: skip
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    # 1000 of 2100 never counted beside the deal's 1000, which leaves 150 + 1000 - 1100 = 50 to take.
    assert _left(api, deal) == ("50.00", "50.00")
    assert outbox.events("deal.credited")[-1].data["credited"] == "50.00"


def test_a_credit_counts_at_the_rate_of_the_deal_also_one_that_came_later(api, clock, tick, won, ordered) -> None:
    deal = won("10000", currency="JPY")
    _credit(api, ordered(deal), "A", "2500")
    assert _left(api, deal) == ("2500", "0.00")  # nobody knew a rate on the day
    api.post("/exchange-rates", json={"currency": "JPY", "valid_from": "2026-01-01", "rate": "0.05"})
    tick("rates")
    assert _left(api, deal) == ("2500", "125.00")
    clock.advance(days=1)
    api.post("/exchange-rates", json={"currency": "JPY", "valid_from": "2026-03-03", "rate": "0.07"})
    (order,) = api.get(f"/orders?deal_id={deal}").json["data"]
    _credit(api, f"/orders/{order['id']}", "B", "500")
    assert _left(api, deal) == ("3000", "150.00")


def test_targets_are_net_of_what_is_credited_and_count_no_deal_of_which_nothing_is_left(api, rep, won, ordered) -> None:
    ann, bob = str(rep("Ann")), str(rep("Bob"))
    lamps = api.post("/product-categories", json={"name": "Lamps"}).json["id"]
    spot = {"code": "S1", "name": "Spot", "unit": "piece", "category_id": lamps}
    spot_id = api.post("/products", json=spot).json["id"]
    lines = [{"product_id": spot_id, "unit_price": "200.00"}, {"description": "Work", "unit_price": "100.00"}]
    for subject in ({"rep_id": ann}, {"rep_id": ann, "category_id": lamps}, {"rep_id": ann, "measure": "count"}):
        target = {"period": "month", "on": "2026-03-15", "value": "1000.00"} | subject
        assert api.post("/targets", json=target).status_code == 201
    deal = won("300.00", (ann, "60"), (bob, "40"), owner_id=ann, lines=lines)
    kept = won("50.00", owner_id=ann)
    order, other = ordered(deal), ordered(kept)

    def reached() -> tuple[list[str], list[str], str]:
        amounts = {row["category"]: row["actual"] for row in api.get("/targets/attainment").json["targets"]}
        (count,) = api.get("/targets/attainment?measure=count").json["targets"]
        (mine,) = (row for row in api.get("/forecasts?by=rep").json["groups"] if row["key"] == ann)
        return [amounts[None], amounts["Lamps"]], [count["actual"]], mine["won"]

    assert reached() == (["230.00", "120.00"], ["1.60"], "230.00")
    _credit(api, order, "A", "100.00")
    assert reached() == (["170.00", "80.00"], ["1.60"], "170.00")
    _cancel(api, order)
    assert reached() == (["50.00", "0.00"], ["1.00"], "50.00")
    _credit(api, other, "B", "50.00")  # it may still be delivered, but nothing was sold
    assert reached() == (["0.00", "0.00"], ["0.00"], "0.00")
    groups = {row["name"]: row["won"] for row in api.get("/forecasts?by=product_category").json["groups"]}
    assert groups == {"Lamps": "0.00", None: "0.00"}


def test_a_credit_lowers_what_the_next_snapshot_sees(api, clock, tick, run_jobs, won, ordered) -> None:
    order = ordered(won("1000.00"))
    for day in range(3):
        tick("forecast_snapshot")
        run_jobs()
        clock.advance(days=1)
        if day == 1:
            _credit(api, order, "A", "400.00")
    changes = api.get("/forecasts/changes?since=2026-03-03&until=2026-03-04").json
    assert [(one["kind"], one["before"], one["after"]) for one in changes["kinds"]] == [
        ("lowered", "1000.00", "600.00")
    ]
    clock.advance(days=31)
    assert api.get("/forecasts/accuracy?periods=1").json["data"][0]["actual"] == "600.00"


def test_orders_are_found_by_how_much_of_them_is_credited(api, user, won, ordered) -> None:
    paths = [ordered(won("100.00")) for _ in range(4)]
    for path, amount in zip(paths, ("", "40.00", "100.00", ""), strict=True):
        if amount:
            assert _credit(api, path, "A", amount).status_code == 201
    _cancel(api, paths[3])
    shown = [api.get(path).json for path in paths]
    assert [(one["status"], one["credit_status"]) for one in shown] == [
        ("placed", "none"), ("placed", "part"), ("placed", "full"), ("cancelled", "none"),
    ]  # fmt: skip

    def found(query: str, **options) -> list[str]:
        return [f"/orders/{one['id']}" for one in api.get(f"/orders?sort=created_at&{query}", **options).json["data"]]

    assert found("credit_status=full") == [paths[2]]
    assert found("credit_status=part") == [paths[1]]
    assert found("credit_status=none") == [paths[0], paths[3]]
    assert found("credited__gte=40.00") == paths[1:3]
    assert found("credit_status=full", as_=user(reach="own")) == []
    refused = api.get("/orders?credit_status=most")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (400, "/credit_status")
    body = api.get("/orders/export?credit_status=full&fields=number,credit_status").data.decode()
    assert body.splitlines()[1] == f"{shown[2]['number']},full"
