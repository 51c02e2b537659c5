"""Targets of reps, teams and the company, and what was won against them."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once

MARCH = {"period": "month", "on": "2026-03-15"}


@pytest.fixture
def target(api):
    """Sets a target."""

    def make(value, status=201, **data):
        answer = api.post("/targets", json=MARCH | {"value": value} | data)
        assert answer.status_code == status, answer.text
        return answer.json

    return make


@pytest.fixture
def won(api, new_deal):
    """Makes a deal and wins it, with its credit split if told so; its id."""

    def make(amount, owner_id, *credits, **data):
        deal = new_deal(amount=amount, owner_id=owner_id, **data)
        if credits:
            shares = [{"rep_id": rep_id, "percent": percent} for rep_id, percent in credits]
            assert api.put(f"/deals/{deal['id']}/credits", json={"credits": shares}).status_code == 200
        assert api.post(f"/deals/{deal['id']}/win", json={}).status_code == 200
        return deal["id"]

    return make


def test_a_target_is_set_once_and_then_changed(api, outbox, rep, target) -> None:
    ann = str(rep("Ann"))
    first = target("1000.00", rep_id=ann)
    assert (first["begins_on"], first["scope"], first["owner_id"]) == ("2026-03-01", "rep", ann)
    assert target("1000.00", 200, rep_id=ann, on="2026-03-31") == first
    assert target("2000.00", 200, rep_id=ann)["version"] == 2
    assert [event.data["value"] for event in outbox.events("target.set")] == ["1000.00", "2000.00"]
    path = f"/targets/{first['id']}"
    assert api.patch(path, json={"value": "0.00"}, if_match=2).status_code == 422
    assert api.delete(path, if_match=2).status_code == 204
    assert outbox.events("target.set")[-1].data["value"] is None


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"value": "0"}, "/value"),
        ({"value": "-1"}, "/value"),
        ({"measure": "count", "value": "1.50"}, "/value"),
        ({"period": "week"}, "/period"),
        ({"on": "9999-12-31"}, "/on"),
        ({"rep_id": str(uuid7())}, "/rep_id"),
        ({"rep_id": str(uuid7()), "team_id": str(uuid7())}, "/team_id"),
        ({"category_id": str(uuid7())}, "/category_id"),
        ({"pipeline_id": str(uuid7())}, "/pipeline_id"),
    ],
)
def test_what_is_no_target_is_refused(api, outbox, data, pointer) -> None:
    refused = api.post("/targets", json=MARCH | {"value": "10.00"} | data)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert (api.get("/targets").json["data"], outbox.types()) == ([], [])


def test_two_who_set_one_target_at_once_leave_one(api, outbox) -> None:
    answers = at_once(*[partial(api.post, "/targets", json=MARCH | {"value": f"{n}.00"}) for n in range(1, 7)])
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    (left,) = api.get("/targets").json["data"]
    assert left["value"] == outbox.events("target.set")[-1].data["value"]


def test_credit_and_teams_count_towards_targets_and_places(api, clock, user, rep, target, won) -> None:
    team, other = uuid7(), uuid7()
    ann, bob = str(rep("Ann", team_id=team)), str(rep("Bob", team_id=other))
    for subject in ({"rep_id": ann}, {"rep_id": bob}, {"team_id": str(team)}, {}):
        target("100.00", **subject)
    target("2", rep_id=ann, measure="count")
    won("100.00", ann, (ann, "33.33"), (bob, "66.67"))
    won("0.05", ann)
    clock.advance(days=-30)
    won("500.00", ann)  # in January
    clock.advance(days=30)
    shown = api.get("/targets/attainment").json
    assert (shown["begins_on"], shown["ends_before"], shown["currency"]) == ("2026-03-01", "2026-04-01", "CNY")
    rows = [(row["scope"], row["name"], row["actual"], row["attainment"], row["gap"], row["rank"], row["of"])
            for row in shown["targets"]]  # fmt: skip
    assert rows == [
        ("rep", "Bob", "66.67", "66.67", "33.33", 1, 2),
        ("rep", "Ann", "33.38", "33.38", "66.62", 2, 2),
        ("team", None, "33.38", "33.38", "66.62", 1, 1),
        ("company", None, "100.05", "100.05", "-0.05", 1, 1),
    ]
    (count,) = api.get("/targets/attainment?measure=count").json["targets"]
    assert (count["target"], count["actual"], count["attainment"]) == ("2.00", "1.33", "66.67")
    own = api.get("/targets/attainment", as_=user(reach="own", id=ann)).json["targets"]
    assert [(row["name"], row["rank"], row["of"]) for row in own] == [("Ann", 2, 2)]
    manager = api.get("/targets/attainment", as_=user(reach="team", team_id=team)).json["targets"]
    assert [(row["scope"], row["name"]) for row in manager] == [("rep", "Ann"), ("team", None)]


def test_a_quarter_is_the_sum_of_its_months_unless_it_was_set(api, rep, target) -> None:
    ann = str(rep("Ann"))
    target("100.00", rep_id=ann, on="2026-01-10")
    target("50.00", rep_id=ann)
    (row,) = api.get("/targets/attainment?period=quarter&on=2026-02-01").json["targets"]
    assert (row["target"], row["months"]) == ("150.00", 2)
    target("90.00", rep_id=ann, period="quarter")
    (row,) = api.get("/targets/attainment?period=quarter&on=2026-02-01").json["targets"]
    assert (row["target"], row["months"]) == ("90.00", None)


def test_a_category_counts_what_lies_under_it_and_a_pipeline_its_own(api, clock, rep, target, new_deal) -> None:
    ann = str(rep("Ann"))
    lamps = api.post("/product-categories", json={"name": "Lamps"}).json["id"]
    spots = api.post("/product-categories", json={"name": "Spots", "parent_id": lamps}).json["id"]
    product = {"code": "S1", "name": "Spot", "unit": "piece", "category_id": spots}
    spot = api.post("/products", json=product).json["id"]
    (pipeline,) = api.get("/pipelines?is_default=true").json["data"]
    target("100.00", rep_id=ann, category_id=lamps)
    target("100.00", rep_id=ann, pipeline_id=pipeline["id"])
    target("1", rep_id=ann, category_id=lamps, measure="count")
    deal = new_deal(owner_id=ann)
    lines = [
        {"product_id": spot, "unit_price": "10.00"}, {"product_id": spot, "unit_price": "15.00"},
        {"description": "Work", "unit_price": "5.00", "unit": "hour"},
    ]  # fmt: skip
    assert api.put(f"/deals/{deal['id']}/lines", json={"lines": lines}).status_code == 200
    api.post(f"/deals/{deal['id']}/win", json={})
    rows = {row["category"]: row["actual"] for row in api.get("/targets/attainment").json["targets"]}
    assert rows == {"Lamps": "25.00", None: "30.00"}
    (row,) = api.get("/targets/attainment?measure=count").json["targets"]
    assert row["attainment"] == "100.00"


def test_targets_are_copied_raised_and_what_is_there_stays(api, rep, target) -> None:
    ann, bob = str(rep("Ann")), str(rep("Bob"))
    target("100.01", rep_id=ann)
    target("3", rep_id=bob, measure="count")
    target("7.00", rep_id=ann, on="2026-04-01")
    body = {"period": "month", "from": "2026-03-01", "to": "2026-04-30", "percent": "110"}
    made = api.post("/targets/copy", json=body).json["data"]
    assert [(one["subject_id"], one["value"], one["begins_on"]) for one in made] == [(bob, "3.00", "2026-04-01")]
    assert api.post("/targets/copy", json=body).json["data"] == []
    over = api.post("/targets/copy", json=body | {"overwrite": True}).json["data"]
    assert [one["value"] for one in over] == ["110.01", "3.00"]
    same = api.post("/targets/copy", json=body | {"to": "2026-03-31"})
    assert (same.status_code, same.json["errors"][0]["pointer"]) == (422, "/to")


def test_who_may_set_and_see(api, user, rep, target) -> None:
    team = uuid7()
    ann, bob = str(rep("Ann", team_id=team)), str(rep("Bob"))
    target("1.00", rep_id=bob)
    manager, own, partner = user(reach="team", team_id=team), user(reach="own", id=ann), user(reach="partner")
    body = MARCH | {"value": "5.00"}
    for caller, subject, status in (
        (manager, {"rep_id": ann}, 201), (manager, {"rep_id": bob}, 403), (manager, {}, 403),
        (own, {"rep_id": ann}, 403), (partner, {"rep_id": ann}, 403),
    ):  # fmt: skip
        assert api.post("/targets", json=body | subject, as_=caller).status_code == status
    assert [one["subject_id"] for one in api.get("/targets", as_=own).json["data"]] == [ann]
    for path in ("/targets", "/targets/attainment"):
        assert api.get(path, as_=partner).status_code == 403


def test_the_fiscal_year_may_begin_in_february(api, monkeypatch) -> None:
    from dataclasses import replace

    from sales import settings as module
    from sales.targets import actions

    monkeypatch.setattr(actions, "settings", lambda: replace(module.settings(), fiscal_month=2))
    made = api.post("/targets", json={"period": "quarter", "on": "2026-01-31", "value": "1.00"}).json
    assert made["begins_on"] == "2025-11-01"
