"""What is likely to be won, who says so, and how it changed since last week."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from chassis.ids import uuid7
from chassis.jobs import Job, start_job
from chassis.testing import at_once
from sales.forecasts import snapshots
from sales.forecasts.model import DealState, Snapshot
from sales.forecasts.snapshots import KIND


@pytest.fixture(autouse=True)
def _march(clock) -> None:
    """It is the second of March 2026 until a test moves on."""


@pytest.fixture
def due(new_deal):
    """Makes a deal that is expected on a day; its id."""

    def make(amount="100.00", day="2026-03-20", **data):
        return new_deal(amount=amount, expected_close=day, **data)["id"]

    return make


@pytest.fixture
def night(tick, run_jobs):
    """The clock asks for the day's snapshot, twice, and the jobs process takes it; how many jobs that was."""

    def run():
        tick("forecast_snapshot")
        tick("forecast_snapshot")
        return run_jobs()

    return run


def _put(api, deal, category, status=200):
    answer = api.put(f"/deals/{deal}/forecast", json={"category": category})
    assert answer.status_code == status, answer.text
    return answer.json


def _groups(api, query="", **options):
    answer = api.get(f"/forecasts?period=month{query}", **options)
    assert answer.status_code == 200, answer.text
    return answer.json["groups"]


def test_deals_are_in_the_category_of_their_stage_unless_somebody_says_otherwise(api, due, stages) -> None:
    deal, stage = due(), stages["Qualified"]
    assert _put(api, deal, "commit")["category"] == "commit"
    by_stage = _put(api, deal, None)
    assert (by_stage["category"], by_stage["set_by"]) == ("pipeline", None)
    api.put(f"/stages/{stage}/forecast-category", json={"category": "best_case"})
    shown = api.get(f"/deals/{deal}/forecast").json
    assert (shown["category"], shown["by_stage"]) == ("best_case", "best_case")
    assert _put(api, deal, "certain", 422)["errors"][0]["pointer"] == "/category"
    assert api.put(f"/stages/{stages['Won']}/forecast-category", json={"category": "commit"}).status_code == 404
    api.post(f"/deals/{deal}/win", json={})
    _put(api, deal, "commit", 409)


def test_a_forecast_sums_the_period_by_category_and_rep(api, rep, due) -> None:
    ann, bob = str(rep("Ann")), str(rep("Bob"))
    for amount, category in (("100.10", "commit"), ("200.00", "best_case"), ("50.00", "pipeline"), ("7.00", "omitted")):
        _put(api, due(amount, owner_id=ann), category)
    due("1000.00", "2026-04-01", owner_id=ann)
    shared = due("0.01", owner_id=ann)
    halves = [{"rep_id": one, "percent": "50"} for one in (ann, bob)]
    api.put(f"/deals/{shared}/credits", json={"credits": halves})
    won = due("30.00", owner_id=bob)
    api.post(f"/deals/{won}/win", json={})
    api.post("/targets", json={"period": "month", "on": "2026-03-01", "rep_id": ann, "value": "500.00"})
    first, second = _groups(api, "&by=rep")
    probability = api.get(f"/deals/{shared}").json["probability"]
    assert (first["name"], first["commit"], first["best_case"], first["omitted"]) == ("Ann", "100.10", "200.00", "7.00")
    assert (first["expected"], first["target"], first["gap"], first["open_deals"]) == ("100.10", "500.00", "399.90", 5)
    assert float(first["weighted"]) == pytest.approx(350.105 * probability / 100, abs=0.006)
    assert (second["name"], second["won"], second["expected"], second["target"]) == ("Bob", "30.00", "30.00", None)
    (total,) = _groups(api)
    assert (total["pipeline"], total["won"], total["commit"]) == ("50.01", "30.00", "100.10")


def test_products_and_pipelines_are_told_apart(api, due) -> None:
    lamps = api.post("/product-categories", json={"name": "Lamps"}).json["id"]
    product = {"code": "S1", "name": "Spot", "unit": "piece", "category_id": lamps}
    spot = api.post("/products", json=product).json["id"]
    deal = due()
    lines = [{"product_id": spot, "unit_price": "10.00"}, {"description": "Work", "unit_price": "5.00", "unit": "hour"}]
    api.put(f"/deals/{deal}/lines", json={"lines": lines})
    due("3.00")
    groups = {group["name"]: group["pipeline"] for group in _groups(api, "&by=product_category")}
    assert groups == {"Lamps": "10.00", None: "8.00"}
    (pipeline,) = _groups(api, "&by=pipeline")
    assert pipeline["pipeline"] == "18.00"
    assert _groups(api, f"&by=pipeline&pipeline_id={uuid7()}") == []


def test_the_manager_s_number_stands_beside_the_rep_s(api, user, rep, due) -> None:
    team = uuid7()
    ann, bob = str(rep("Ann", team_id=team)), str(rep("Bob"))
    _put(api, due(owner_id=ann), "commit")
    mine, manager = user(reach="own", id=ann), user(reach="team", team_id=team)
    call = {"period": "month", "on": "2026-03-05", "rep_id": ann, "amount": "90.00"}
    assert api.post("/forecast-calls", json=call, as_=mine).json["kind"] == "rep"
    assert api.post("/forecast-calls", json=call, as_=manager).json["errors"][0]["pointer"] == "/reason"
    lower = call | {"amount": "60.00", "reason": "She hopes too much"}
    assert api.post("/forecast-calls", json=lower, as_=manager).json["kind"] == "manager"
    for caller, body in ((mine, lower | {"rep_id": bob}), (manager, lower | {"rep_id": bob}),
                         (user(reach="partner"), call)):  # fmt: skip
        assert api.post("/forecast-calls", json=body, as_=caller).status_code == 403
    (group,) = _groups(api, "&by=rep", as_=mine)
    assert (group["rep_call"]["amount"], group["manager_call"]["amount"]) == ("90.00", "60.00")
    assert (group["expected"], group["manager_call"]["reason"]) == ("100.00", "She hopes too much")
    assert _groups(api, "&by=rep", as_=user(reach="own")) == []


def test_a_night_is_taken_once_and_keeps_what_changed(api, clock, database, night, run_jobs, due) -> None:
    first, second = due("10.00"), due("20.00")
    for _ in range(3):
        database.run(lambda session: start_job(session, KIND))
    at_once(*[run_jobs] * 3)
    with database.reading() as session:
        told = session.execute(select(Job.status, Job.result)).all()
    assert {status for status, _ in told} == {"done"}
    assert sorted((result["changed"] for _, result in told), key=str) == [2, None, None]
    assert night() == 0
    api.patch(f"/deals/{first}", json={"amount": "15.00"}, if_match=1)
    clock.advance(days=3)  # nobody took the third and the fourth
    assert night() == 1
    with database.reading() as session:
        nights = [(str(one.taken_on), one.changed) for one in session.scalars(select(Snapshot).order_by("taken_on"))]
        states = select(DealState.deal_id, DealState.from_on, DealState.until_on, DealState.amount)
        kept = {(str(row[0]), str(row[1]), str(row[2]), str(row[3])) for row in session.execute(states)}
    assert nights == [("2026-03-02", 2), ("2026-03-05", 1)]
    assert kept == {
        (first, "2026-03-02", "2026-03-05", "10.00"), (first, "2026-03-05", "None", "15.00"),
        (second, "2026-03-02", "None", "20.00"),
    }  # fmt: skip


def test_what_changed_since_last_week(api, clock, user, night, due) -> None:
    assert api.get("/forecasts/changes").json["code"] == "no_snapshot"
    names = ("won", "lost", "slipped", "raised", "unchanged", "recategorised", "gone")
    deals = {name: due("100.00", name=name) for name in names}
    deals["moved_in"] = due("40.00", "2026-04-20")
    due("5.00", "2026-12-01")
    night()
    clock.advance(days=7)
    api.post(f"/deals/{deals['won']}/win", json={})
    for name in ("lost", "gone"):
        api.post(f"/deals/{deals[name]}/lose", json={"reason": "price"})
    api.patch(f"/deals/{deals['slipped']}", json={"expected_close": "2026-05-01"}, if_match=1)
    api.patch(f"/deals/{deals['moved_in']}", json={"expected_close": "2026-03-31"}, if_match=1)
    api.patch(f"/deals/{deals['raised']}", json={"amount": "130.00"}, if_match=1)
    _put(api, deals["recategorised"], "commit")
    due("60.00")
    night()
    shown = api.get("/forecasts/changes?period=month").json
    assert (shown["since"], shown["until"], shown["before"], shown["after"]) == (
        "2026-03-02", "2026-03-09", "700.00", "530.00",
    )  # fmt: skip
    kinds = {row["kind"]: (row["deals"], row["before"], row["after"]) for row in shown["kinds"]}
    assert kinds == {
        "new": (1, "0.00", "60.00"), "won": (1, "100.00", "100.00"), "lost": (2, "200.00", "0.00"),
        "slipped": (1, "100.00", "0.00"), "moved_in": (1, "0.00", "40.00"), "raised": (1, "100.00", "130.00"),
        "recategorised": (1, "100.00", "100.00"), "unchanged": (1, "100.00", "100.00"),
    }  # fmt: skip
    assert len(shown["deals"]) == 8
    assert api.get("/forecasts/changes?period=month", as_=user(reach="own")).json["deals"] == []
    turned = api.get("/forecasts/changes?since=2026-03-09&until=2026-03-02")
    assert (turned.status_code, turned.json["errors"][0]["pointer"]) == (422, "/since")


def test_how_near_a_forecast_came(api, clock, night, due) -> None:
    sure, hoped = due("80.00"), due("100.00")
    _put(api, sure, "commit")
    night()
    clock.advance(days=10)
    for deal in (sure, hoped):
        api.post(f"/deals/{deal}/win", json={})
    clock.advance(days=30)
    march, february = api.get("/forecasts/accuracy?periods=2&days_in=1").json["data"]
    assert (march["snapshot"], march["expected"], march["actual"]) == ("2026-03-02", "80.00", "180.00")
    assert (march["expected_accuracy"], february["snapshot"], february["expected"]) == ("44.44", None, None)
    early = api.get("/forecasts/accuracy?periods=1").json["data"]
    assert early[0]["snapshot"] is None


def test_partners_see_no_forecast(api, user, due) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    paths = ("/forecasts", "/forecasts/changes", "/forecasts/accuracy", f"/deals/{due()}/forecast", "/forecast-calls")
    for path in paths:
        assert api.get(path, as_=partner).status_code == 403


def test_a_night_that_died_between_two_pages_is_taken_by_the_next_job(
    api, database, night, due, monkeypatch
) -> None:  # fmt: skip
    first, second = due("10.00"), due("20.00")
    monkeypatch.setattr(snapshots, "_PAGE", 1)
    note, pages = snapshots._note, []

    def die(session, page, *rest) -> None:
        pages.append(page)
        if len(pages) == 2:
            raise RuntimeError
        note(session, page, *rest)

    monkeypatch.setattr(snapshots, "_note", die)
    night()
    assert api.get("/forecasts/changes").json["code"] == "no_snapshot"
    api.patch(f"/deals/{first}", json={"amount": "15.00"}, if_match=1)
    monkeypatch.setattr(snapshots, "_note", note)
    night()
    with database.reading() as session:
        states = session.execute(select(DealState.deal_id, DealState.amount, DealState.until_on)).all()
        assert session.scalars(select(Snapshot.changed)).all() == [2]
    assert {(str(deal), amount, until) for deal, amount, until in states} == {
        (first, Decimal("15.00"), None), (second, Decimal("20.00"), None),
    }  # fmt: skip
