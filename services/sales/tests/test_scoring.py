"""How likely open deals are to be won: learnt with each that is closed, told with its reasons, tested on the past."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from chassis.ids import uuid7
from chassis.testing import at_once
from sales.deals.batches import place_deals
from sales.deals.model import Deal
from sales.reps.model import Rep
from sales.scoring.deals import DEALS
from sales.scoring.learning import recount
from sales.scoring.model import DealFrequency, DealOutcome, DealScore

SOURCES = ("fair", "web", "call")
STEP = st.tuples(st.sampled_from(["win", "lose", "reopen", "change", "move", "create", "follow"]), st.integers(0, 2))


@pytest.fixture
def close(api, new_deal):
    """Makes a deal and closes it."""

    def make(action, **data):
        path = f"/deals/{new_deal(**data)['id']}"
        assert api.post(f"{path}/{action}", json={"reason": "price"} if action == "lose" else {}).status_code == 200
        return path

    return make


@pytest.fixture
def history(close, tick):
    """Ten urgent deals of the fair that were won, ten of the web without hurry that were lost."""
    for _ in range(10):
        close("win", source="fair", priority="high")
        close("lose", source="web", priority="low")
    tick("scores_follow")


def test_a_score_says_why_and_follows_the_deal(api, history, new_deal, stages, outbox, learnt) -> None:
    deal = new_deal(source="Fair")
    path = f"/deals/{deal['id']}"
    told = api.get(f"{path}/score").json
    assert (told["enough"], told["why"], told["won"], told["lost"], told["base_rate"]) == (True, None, 10, 10, 0.5)
    strongest = told["factors"][0]
    assert (strongest["factor"], strongest["value"], strongest["won"], strongest["lost"]) == ("source", "fair", 10, 0)
    said = "Source: fair. 10 of 10 such deals were won (100.0 %), of all 50.0 %: raises the chance."
    assert strongest["words"] == said
    # (10 + 5 * 0.5) / (10 + 5) = 0.8333; of all else half was won
    assert told["probability"] == "0.8333" == learnt.chance(DEALS, deal)
    assert {"stage", "pipeline", "age", "priority", "amount", "pushes"} <= {one["factor"] for one in told["factors"]}
    stage = next(one for one in told["factors"] if one["factor"] == "stage")
    assert stage["name"] == "Qualified"
    api.patch(path, json={"priority": "low"}, if_match=deal["version"])  # as strong, the other way
    assert api.get(f"{path}/score").json["probability"] == "0.5000" == learnt.chance(DEALS, deal)
    moved = api.post(f"{path}/move", json={"stage_id": stages["Proposal"]}).json
    never = next(one for one in api.get(f"{path}/score").json["factors"] if one["factor"] == "stage")
    assert (never["name"], never["log_odds"]) == ("Proposal", 0)
    assert moved["version"] == deal["version"] + 2
    assert "score" not in str(outbox.types())
    api.post(f"{path}/win", json={})
    assert (learnt.chance(DEALS, deal), api.get(f"{path}/score").json["code"]) == (None, "already_won")
    assert api.get(f"/deals/{uuid7()}/score").status_code == 404


def test_without_enough_history_there_is_no_figure(api, close, new_deal, tick, learnt) -> None:
    deal = new_deal()
    close("win")
    tick("scores_follow")
    told = api.get(f"/deals/{deal['id']}/score").json
    why = "Not enough history: 1 deals won and 0 lost, 10 of each are needed."
    assert (told["enough"], told["why"], told["probability"], told["factors"]) == (False, why, None, [])
    tested = api.get("/deal-scoring/back-test").json
    assert (tested["enough"], tested["auc"], tested["calibration"], tested["learnt_from"]) == (False, None, [], 0)
    assert learnt.chance(DEALS, deal) is None
    assert api.get("/deals/scores").json["data"] == []


def test_a_reopened_deal_is_unlearnt_as_it_was_learnt(api, close, tick, learnt) -> None:
    path = close("win", priority="high")
    tick("scores_follow")
    changed = api.patch(path, json={"priority": "low"}, if_match=api.get(path).json["version"])
    assert changed.status_code == 200, changed.text
    assert learnt.frequencies(DEALS)["priority", "high"] == (1, 0)
    assert api.post(f"{path}/reopen", json={}).status_code == 200
    assert learnt.frequencies(DEALS) == {}
    assert api.post(f"{path}/lose", json={"reason": "price"}).status_code == 200
    counts = learnt.frequencies(DEALS)
    assert (counts["", ""], counts["priority", "low"], ("priority", "high") in counts) == ((0, 1), (0, 1), False)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@example(steps=[("lose", 0), ("follow", 0), ("reopen", 0), ("win", 0)])
@example(steps=[("win", 1), ("follow", 1), ("reopen", 1), ("change", 1), ("lose", 1), ("follow", 1), ("reopen", 1)])
@example(steps=[("win", 2), ("follow", 2), ("change", 2), ("reopen", 2), ("follow", 2), ("win", 2)])
@example(steps=[("win", 0), ("reopen", 0), ("lose", 0), ("follow", 0), ("reopen", 0)])
@given(steps=st.lists(STEP, min_size=5, max_size=15))
def test_increments_come_to_the_same_as_counting_anew(api, database, new_deal, stages, tick, steps, learnt) -> None:
    deals = [new_deal(source=source)["id"] for source in SOURCES]
    for action, place in steps:
        path = f"/deals/{deals[place]}"
        if action == "follow":
            tick("scores_follow")
        elif action == "create":
            deals[place] = new_deal(source=SOURCES[place], amount=f"{10 ** (place + 1)}.00")["id"]
        elif action == "change":
            changed = {"priority": ("low", "normal", "high")[place]}
            assert api.patch(path, json=changed, if_match=api.get(path).json["version"]).status_code == 200
        else:
            body = {"win": {}, "lose": {"reason": "x"}, "reopen": {}, "move": {"stage_id": stages["Proposal"]}}[action]
            assert api.post(f"{path}/{action}", json=body).status_code in (200, 409)
    kept = learnt.frequencies(DEALS)
    # What the deals themselves say: an outcome that should have been forgotten would come again in the recount.
    closed = _closed(database)
    assert {key: kept[key] for key in kept if key[0] in ("", "source")} == closed
    with database.transaction() as session:
        recount(session, DEALS)
    assert learnt.frequencies(DEALS) == kept


def _closed(database) -> dict[tuple[str, str], tuple[int, int]]:
    """How many deals are won, and lost, of each source and of all, counted among the deals."""
    with database.transaction() as session:
        found = session.execute(select(Deal.source, Deal.status).where(Deal.status != "open")).all()
    keys = {("", ""), *(("source", row.source) for row in found)} if found else set()
    return {
        key: tuple(sum(row.status == end and key[1] in ("", row.source) for row in found) for end in ("won", "lost"))
        for key in keys
    }


def test_many_who_close_and_reopen_at_once_leave_exact_counts(api, database, new_deal, tick, learnt) -> None:
    paths = [f"/deals/{new_deal(source='fair')['id']}" for _ in range(6)]
    acts = [
        partial(api.post, f"{path}/{action}", json={"reason": "x"} if action == "lose" else {})
        for path in paths for action in ("win", "lose", "reopen")
    ]  # fmt: skip
    answers = at_once(*acts, *[partial(tick, "scores_follow")] * 6)
    assert {answer.status_code for answer in answers[: len(acts)]} <= {200, 409}
    counts, ends = learnt.frequencies(DEALS), [api.get(path).json["status"] for path in paths]
    expected = (ends.count("won"), ends.count("lost"))
    assert counts.get(("", ""), (0, 0)) == expected == counts.get(("source", "fair"), (0, 0))
    with database.transaction() as session:
        recount(session, DEALS)
    assert learnt.frequencies(DEALS) == counts


def test_deals_that_move_by_the_batch_are_scored_anew(api, database, rep, close, new_deal, learnt) -> None:
    ann, bo = (rep(name, team_id=uuid7()) for name in ("Ann", "Bo"))
    for _ in range(10):
        close("win", owner_id=str(ann))
        close("lose", owner_id=str(bo))
    deal = new_deal(owner_id=str(ann))
    assert learnt.chance(DEALS, deal) == "0.8333"
    with database.transaction() as session:
        place_deals(session, [(session.get(Deal, UUID(deal["id"])), session.get(Rep, bo), None)])
    assert learnt.chance(DEALS, deal) == "0.1667" == api.get(f"/deals/{deal['id']}/score").json["probability"]


def test_the_job_learns_from_what_was_closed_before(api, database, history, new_deal, run_jobs, learnt) -> None:
    deal = new_deal(source="fair")
    before = learnt.frequencies(DEALS)
    with database.transaction() as session:
        for model in (DealOutcome, DealFrequency, DealScore):
            session.query(model).delete()
    for _ in range(2):
        started = api.post("/deal-scoring/rebuild")
        assert started.status_code == 202
        run_jobs()
        job = api.get(f"/jobs/{started.json['id']}").json
        assert job["status"] == "done", job
        assert (learnt.frequencies(DEALS), learnt.chance(DEALS, deal)) == (before, "0.8333")
    assert job["result"] == {"learnt": 0, "scored": 1}


def test_the_clock_scores_what_went_stale(api, clock, history, new_deal, close, tick, learnt) -> None:
    deal = new_deal(source="fair")
    assert learnt.chance(DEALS, deal) == "0.8333"
    for _ in range(2):
        close("lose", source="fair")
    assert learnt.chance(DEALS, deal) == "0.8333"
    tick("scores")
    told = api.get(f"/deals/{deal['id']}/score").json["probability"]
    assert learnt.chance(DEALS, deal) == told < "0.8333"
    api.put("/deal-scoring", json={"factors": []})
    tick("scores")
    assert learnt.chance(DEALS, deal) == "0.4583"  # 11 of 24, by Laplace's rule
    api.put("/deal-scoring", json={"factors": ["age"]})
    tick("scores")
    clock.advance(days=8)
    tick("scores")  # no such deal was closed when it was a week old
    assert api.get(f"/deals/{deal['id']}/score").json["factors"][0]["name"] == "7 to 30"


def test_the_likeliest_come_first_within_reach(api, user, rep, history, new_deal, tick) -> None:
    ann = rep("Ann")
    web, fair = new_deal(source="web"), new_deal(source="fair", owner_id=str(ann))
    tick("scores_follow")
    first, second = api.get("/deals/scores").json["data"]
    assert (first["deal_id"], first["stage"], first["owner_id"]) == (fair["id"], "Qualified", str(ann))
    assert second["deal_id"] == web["id"]
    assert first["probability"] > second["probability"]
    asked = api.get(f"/deals/scores?owner_id={ann}&pipeline_id={fair['pipeline_id']}").json["data"]
    assert [one["deal_id"] for one in asked] == [fair["id"]]
    mine = user(reach="own", id=ann)
    assert [one["deal_id"] for one in api.get("/deals/scores", as_=mine).json["data"]] == [fair["id"]]
    assert api.get(f"/deals/{web['id']}/score", as_=mine).status_code == 404
    assert api.get("/deal-scoring/back-test", as_=mine).status_code == 403
    assert api.put("/deal-scoring", json={"factors": []}, as_=mine).status_code == 403
    assert api.post("/deal-scoring/rebuild", as_=mine).status_code == 403


def test_partners_never_see_a_score(api, user, history) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    deal = api.post("/deals", json={"name": "Ours", "source": "fair"}, as_=partner).json
    assert not {"score", "probability_of_win"} & set(deal)
    for path in (f"/deals/{deal['id']}/score", "/deals/scores", "/deal-scoring", "/deal-scoring/back-test"):
        assert api.get(path, as_=partner).status_code == 403, path
    assert api.put("/deal-scoring", json={"factors": []}, as_=partner).status_code == 403
    assert api.post("/deal-scoring/rebuild", as_=partner).status_code == 403


def test_the_choice_of_factors_is_checked(api) -> None:
    for factors, pointer in ((["weather"], "/factors/0"), (["age", "age"], "/factors/1"), (None, "/factors")):
        refused = api.put("/deal-scoring", json={"factors": factors})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert len(api.get("/deal-scoring").json["factors"]) == 12
    chosen = api.put("/deal-scoring", json={"factors": ["source", "stage"]}).json
    assert (chosen["factors"], chosen["won"], chosen["enough"]) == (["source", "stage"], 0, False)


def test_a_back_test_over_the_api_asks_of_the_deals_as_they_stood_halfway(api, clock, database, close, tick) -> None:
    for _ in range(20):
        clock.advance(minutes=1)
        close("win", source="fair")
        close("lose", source="web")
    tick("scores_follow")
    tested = api.get("/deal-scoring/back-test").json
    assert (tested["enough"], tested["learnt_from"], tested["asked_about"]) == (True, 28, 12)
    assert (tested["auc"], tested["won_share"], tested["base_rate"]) == (1, 0.5, 0.5)
    assert sum(tenth["deals"] for tenth in tested["calibration"]) == 12
    assert tested["brier"] < tested["brier_of_base_rate"]
    with database.reading() as session:
        halfway = session.scalars(select(DealOutcome.halfway)).first()
    assert not {"pushes", "talk"} & set(halfway)
    assert halfway["age"] == ["0"]
