"""What reps earn: by what was won, once, taken back, split, settled."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once

TIERS = [{"above": "0.00", "percent": "5.00"}, {"above": "1000.00", "percent": "10.00"}]
HEARD = (
    "deal.won", "deal.stage_changed", "deal.updated", "order.placed", "order.paid", "order.cancelled",
    "credit_note.issued",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _march(clock) -> None:
    """It is the second of March 2026 until a test moves on."""


@pytest.fixture
def plan(api, rep):
    """Makes a plan and a rep who has it from the first of January on; the ids of both."""

    def make(name="Ann", **terms):
        body = {"name": f"Plan of {name}", "tiers": TIERS} | terms
        made = api.post("/commission-plans", json=body)
        assert made.status_code == 201, made.text
        return made.json["id"], give(made.json["id"], name)

    def give(plan_id, name):
        rep_id = str(rep(name))
        body = {"rep_id": rep_id, "plan_id": plan_id, "begins_on": "2026-01-01"}
        answer = api.post("/commission-assignments", json=body)
        assert answer.status_code == 201, answer.text
        return rep_id

    make.give = give
    return make


@pytest.fixture
def catch_up(outbox, deliver):
    """Delivers what sales has told, as often as asked."""

    def run(times=1):
        for event in [one for one in outbox.events() if one.type in HEARD]:
            for _ in range(times):
                deliver.again(event)

    return run


def _won(api, new_deal, amount, owner_id, *percents):
    deal = new_deal(amount=amount, owner_id=owner_id)["id"]
    if percents:
        credits = [{"rep_id": rep_id, "percent": percent} for rep_id, percent in percents]
        assert api.put(f"/deals/{deal}/credits", json={"credits": credits}).status_code == 200
    assert api.post(f"/deals/{deal}/win", json={}).status_code == 200
    return deal


def _ledger(api, rep_id):
    rows = api.get(f"/commission-entries?owner_id={rep_id}&sort=created_at").json["data"]
    return [(row["kind"], row["amount"], row["booked_in"]) for row in rows]


def test_a_won_deal_is_earned_once_and_taken_back(api, outbox, plan, new_deal, catch_up) -> None:
    _, ann = plan()
    _won(api, new_deal, "800.00", ann)
    second = _won(api, new_deal, "400.00", ann)
    catch_up(2)
    catch_up()
    assert _ledger(api, ann) == [("earned", "40.00", "2026-03-01"), ("earned", "30.00", "2026-03-01")]
    api.post(f"/deals/{second}/reopen", json={})
    catch_up()
    assert _ledger(api, ann)[2:] == [("reversed", "-30.00", "2026-03-01")]
    (statement,) = api.get("/commission-statements").json["data"]
    assert (statement["total"], statement["status"], statement["ends_before"]) == ("40.00", "draft", "2026-04-01")
    assert [event.data["amount"] for event in outbox.events("commission.earned")] == ["40.00", "30.00"]
    assert outbox.one("commission.reversed").data["deal_id"] == second
    assert api.post("/commissions/recompute", json={"rep_id": ann, "on": "2026-03-09"}).json == {
        "deals": 1, "entries": 0,
    }  # fmt: skip


def test_shares_of_a_split_come_to_the_whole_and_follow_it(api, plan, new_deal, catch_up) -> None:
    plan_id, ann = plan(tiers=[{"above": "0.00", "percent": "100.00"}])
    bob, cid = (plan.give(plan_id, name) for name in ("Bob", "Cid"))
    deal = _won(api, new_deal, "100.00", ann, (ann, "33.34"), (bob, "33.33"), (cid, "33.33"))
    catch_up()
    earned = [_ledger(api, one)[0][1] for one in (ann, bob, cid)]
    assert earned == ["33.34", "33.33", "33.33"]
    api.put(f"/deals/{deal}/credits", json={"credits": [{"rep_id": bob, "percent": "100"}]})
    catch_up()
    assert _ledger(api, ann)[1:] == [("reversed", "-33.34", "2026-03-01")]
    assert _ledger(api, bob)[1:] == [("correction", "66.67", "2026-03-01")]
    assert sum(float(row["total"]) for row in api.get("/commission-statements").json["data"]) == 100


def test_a_plan_says_when_it_is_due_and_a_cancelled_order_takes_it_back(api, plan, new_deal, catch_up) -> None:
    _, ann = plan(basis="ordered")
    _, bob = plan("Bob", basis="paid")
    for owner in (ann, bob):
        deal = _won(api, new_deal, "100.00", owner)
        catch_up()
        assert _ledger(api, owner) == []
        order = api.post("/orders", json={"deal_id": deal}).json["id"]
        catch_up()
        assert len(_ledger(api, owner)) == (owner == ann)
        if owner == ann:
            assert api.post(f"/orders/{order}/cancel", json={"reason": "No money"}).status_code == 200
            catch_up()
    assert [row[:2] for row in _ledger(api, ann)] == [("earned", "5.00"), ("reversed", "-5.00")]
    path = f"/orders/{order}"
    api.put(f"{path}/instalments", json={"instalments": [{"due_on": "2026-04-01", "amount": "100.00"}]})
    for reference, amount in (("a", "40.00"), ("b", "60.00"), ("b", "60.00")):
        api.post(f"{path}/payments", json={"reference": reference, "amount": amount})
    catch_up()
    assert [row[:2] for row in _ledger(api, bob)] == [("earned", "5.00")]


def _credit(api, order, reference, amount):
    body = {"reference": reference, "reason": "dented", "amount": amount}
    answer = api.post(f"/orders/{order}/credit-notes", json=body)
    assert answer.status_code == 201, answer.text


def test_what_is_credited_takes_back_its_part_in_any_order_and_equals_a_recompute(
    api, outbox, deliver, plan, new_deal, catch_up
) -> None:
    _, ann = plan()
    _, bob = plan("Bob")
    deal = _won(api, new_deal, "1000.01", ann, (ann, "60"), (bob, "40"))
    order = api.post("/orders", json={"deal_id": deal}).json["id"]
    catch_up()
    _credit(api, order, "A", "250.00")
    catch_up(2)
    assert _ledger(api, ann) == [("earned", "30.00", "2026-03-01"), ("reversed", "-7.50", "2026-03-01")]
    assert _ledger(api, bob) == [("earned", "20.00", "2026-03-01"), ("reversed", "-5.00", "2026-03-01")]
    _credit(api, order, "B", "0.01"), _credit(api, order, "C", "250.00")
    for event in reversed(outbox.events("credit_note.issued")):
        deliver.again(event)
    catch_up()
    assert [row[1] for row in _ledger(api, ann)] == ["30.00", "-7.50", "-7.50"]
    entry = api.get(f"/commission-entries?owner_id={ann}&sort=-created_at").json["data"][0]
    assert (entry["base"], entry["reason"]) == ("300.00", "credit note CN-2026-000003")
    for rep_id in (ann, bob):
        asked = {"rep_id": rep_id, "on": "2026-03-09"}
        assert api.post("/commissions/recompute", json=asked).json["entries"] == 0
    statements = api.get("/commission-statements").json["data"]
    assert sorted(one["total"] for one in statements) == ["10.00", "15.00"]
    _credit(api, order, "D", "500.00")
    catch_up()
    assert _ledger(api, ann)[3:] == [("reversed", "-15.00", "2026-03-01")]
    assert sorted(event.data["amount"] for event in outbox.events("commission.reversed")) == sorted(
        ["-7.50", "-5.00", "-7.50", "-5.00", "-15.00", "-10.00"]
    )


def test_what_comes_back_of_what_was_ordered_besides_takes_nothing_of_the_deal(api, plan, new_deal, catch_up) -> None:
    _, ann = plan()
    deal = _won(api, new_deal, "1000.00", ann)
    api.post("/orders", json={"deal_id": deal})
    lines = [{"description": "Spare", "unit_price": "300.00", "tax_percent": "13"}]
    more = api.post("/orders", json={"deal_id": deal, "additional": True, "lines": lines}).json["id"]
    _credit(api, more, "A", "339.00")
    catch_up()
    assert _ledger(api, ann) == [("earned", "50.00", "2026-03-01")]


def test_a_credit_in_yen_takes_back_at_the_rate_of_the_deal(api, plan, new_deal, catch_up) -> None:
    api.post("/exchange-rates", json={"currency": "JPY", "valid_from": "2026-01-01", "rate": "0.05"})
    _, ann = plan()
    deal = new_deal(amount="10000", currency="JPY", owner_id=ann)["id"]
    api.post(f"/deals/{deal}/win", json={})
    order = api.post("/orders", json={"deal_id": deal}).json["id"]
    _credit(api, order, "A", "2500")
    catch_up()
    assert [row[:2] for row in _ledger(api, ann)] == [("earned", "18.75")]
    assert api.get("/commission-entries").json["data"][0]["base"] == "375.00"


def test_a_closed_period_is_not_touched_any_more(api, clock, user, plan, new_deal, catch_up) -> None:
    _, ann = plan()
    deal = _won(api, new_deal, "100.00", ann)
    catch_up()
    (statement,) = api.get("/commission-statements").json["data"]
    path = f"/commission-statements/{statement['id']}"
    assert api.post(f"{path}/approve").json["code"] == "period_not_over"
    clock.advance(days=31)
    assert api.post(f"{path}/pay", json={"reference": "x"}).json["code"] == "statement_draft"
    assert api.post(f"{path}/approve", as_=user(reach="own", id=ann)).status_code == 403
    assert api.post(f"{path}/approve", as_=user(id=ann, reach="all")).json["code"] == "own_statement"
    assert api.post(f"{path}/approve").json["status"] == "approved"
    api.post(f"/deals/{deal}/reopen", json={})
    catch_up()
    assert _ledger(api, ann)[1] == ("reversed", "-5.00", "2026-04-01")
    assert api.get(path).json["total"] == "5.00"
    assert [api.post(f"{path}/pay", json={"reference": "P1"}).json["status"] for _ in range(2)] == ["paid", "paid"]
    assert api.post(f"{path}/pay", json={"reference": "P2"}).json["code"] == "statement_paid"


def test_what_came_late_is_worked_out_anew(api, plan, new_deal, catch_up) -> None:
    plan_id, ann = plan(accelerator="2.000")
    _won(api, new_deal, "800.00", ann)
    catch_up()
    api.post("/targets", json={"period": "month", "on": "2026-03-01", "rep_id": ann, "value": "400.00"})
    again = {"rep_id": ann, "on": "2026-03-09"}
    assert api.post("/commissions/recompute", json=again).json["entries"] == 1
    assert api.post("/commissions/recompute", json=again).json["entries"] == 0
    assert _ledger(api, ann)[1] == ("correction", "20.00", "2026-03-01")
    bonus = {"rep_id": ann, "plan_id": plan_id, "on": "2026-03-09", "amount": "-7.00", "reason": "Lent a car"}
    assert api.post("/commissions/adjust", json=bonus).status_code == 201
    assert api.post("/commissions/recompute", json=again).json["entries"] == 0
    assert api.get("/commission-statements").json["data"][0]["total"] == "53.00"
    assert api.post("/commissions/adjust", json=bonus | {"amount": "0"}).status_code == 422


def test_many_deals_settled_at_once_come_to_the_same(api, plan, new_deal, outbox, deliver) -> None:
    _, ann = plan()
    for _ in range(6):
        _won(api, new_deal, "300.00", ann)
    at_once(*[partial(deliver.again, event) for event in outbox.events("deal.won")])
    assert len(_ledger(api, ann)) == 6
    assert api.get("/commission-statements").json["data"][0]["total"] == "130.00"


def test_one_plan_at_a_time_and_who_may_do_what(api, user, plan, new_deal, catch_up) -> None:
    plan_id, ann = plan()
    body = {"rep_id": ann, "plan_id": plan_id, "begins_on": "2026-05-01"}
    assert api.post("/commission-assignments", json=body).json["code"] == "plan_assigned"
    (assigned,) = api.get("/commission-assignments").json["data"]
    api.patch(f"/commission-assignments/{assigned['id']}", json={"ends_on": "2026-05-01"}, if_match=1)
    answers = at_once(*[partial(api.post, "/commission-assignments", json=body) for _ in range(4)])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    _won(api, new_deal, "100.00", ann)
    catch_up()
    mine, other, partner = user(reach="own", id=ann), user(reach="own"), user(reach="partner", partner_id=uuid7())
    for path in ("/commission-entries", "/commission-statements"):
        assert [len(api.get(path, as_=caller).json["data"]) for caller in (mine, other)] == [1, 0]
        assert api.get(path, as_=partner).status_code == 403
    assert api.get("/commission-plans", as_=partner).status_code == 403
    terms = {"name": "x", "tiers": TIERS}
    for caller in (mine, user(reach="team", team_id=uuid7()), partner):
        assert api.post("/commission-plans", json=terms, as_=caller).status_code == 403
    assert api.post("/commissions/recompute", json={"rep_id": ann, "on": "2026-03-09"}, as_=mine).status_code == 403
