"""How likely open leads are to be converted: learnt with each that comes to an end, by the mechanism of the deals."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from chassis.ids import uuid7
from chassis.testing import at_once
from sales.leads.model import Lead
from sales.scoring.leads import LEADS
from sales.scoring.learning import recount
from sales.scoring.model import LeadFrequency, LeadOutcome, LeadScore

SOURCES = ("fair", "web", "call")
BODIES = {"lose": {"reason": "x"}, "shelve": {"reason": "x"}, "qualify": {"budget": {"level": "yes"}}}
STEP = st.tuples(
    st.sampled_from(["convert", "lose", "recycle", "shelve", "reopen", "qualify", "silence", "create", "follow"]),
    st.integers(0, 2),
)


@pytest.fixture
def close(api, new_lead):
    """Makes a lead and brings it to an end."""

    def make(action, **data):
        path = f"/leads/{new_lead(**data)['id']}"
        assert api.post(f"{path}/{action}", json=BODIES.get(action, {})).status_code in (200, 201)
        return path

    return make


@pytest.fixture
def history(close, tick):
    """Ten leads of the fair that were converted, ten of the web that were lost."""
    for _ in range(10):
        close("convert", source="fair")
        close("lose", source="web")
    tick("scores_follow")


def test_a_chance_says_why_and_follows_the_lead(api, history, new_lead, outbox, deliver, learnt) -> None:
    lead = new_lead(source="Fair")
    path = f"/leads/{lead['id']}"
    told = api.get(f"{path}/score").json
    assert (told["enough"], told["why"], told["won"], told["lost"], told["base_rate"]) == (True, None, 10, 10, 0.5)
    strongest = told["factors"][0]
    assert (strongest["factor"], strongest["value"], strongest["won"], strongest["lost"]) == ("source", "fair", 10, 0)
    said = "Source: fair. 10 of 10 such leads were converted (100.0 %), of all 50.0 %: raises the chance."
    assert strongest["words"] == said
    # (10 + 5 * 0.5) / (10 + 5) = 0.8333; of all else half was converted
    assert told["probability"] == "0.8333" == learnt.chance(LEADS, lead)
    assert {"filled", "age", "forms", "recycled"} <= {one["factor"] for one in told["factors"]}
    api.patch(path, json={"source": "web"}, if_match=api.get(path).json["version"])
    assert api.get(f"{path}/score").json["probability"] == "0.1667" == learnt.chance(LEADS, lead)
    api.post(f"{path}/qualify", json={"need": {"level": "yes"}, "budget": {"level": "unknown"}})
    talked = {
        "interaction_id": str(uuid7()), "person_id": lead["person_id"], "company_id": None, "deal_id": None,
        "lead_id": lead["id"], "ticket_id": None, "channel": "call", "direction": "out", "outcome": None,
        "at": "2026-03-02T09:00:00Z", "author_id": None,
    }  # fmt: skip
    deliver("contacts", "interaction.logged", talked)
    never = {one["factor"]: one["words"] for one in api.get(f"{path}/score").json["factors"] if not one["log_odds"]}
    assert never["need"] == "Need: yes. No such lead was closed yet, so it changes nothing."
    assert ("talk" in never, "response" in never, "budget" in never) == (True, True, False)
    api.post(f"{path}/convert", json={})
    assert (learnt.chance(LEADS, lead), api.get(f"{path}/score").json["code"]) == (None, "already_converted")
    assert learnt.frequencies(LEADS)["need", "yes"] == (1, 0) == learnt.frequencies(LEADS)["talk", "yes"]
    assert all("probability" not in event.data for event in outbox.events("lead.converted"))
    assert api.get(f"/leads/{uuid7()}/score").status_code == 404


def test_who_fell_asleep_counts_as_lost_until_awake(api, clock, tick, new_lead, learnt) -> None:
    lead = new_lead(source="fair")
    clock.advance(days=40)
    tick("silence")
    assert api.get(f"/leads/{lead['id']}").json["status"] == "dormant"
    asleep = learnt.frequencies(LEADS)
    assert (asleep["", ""], asleep["age", "30"]) == ((0, 1), (0, 1))
    assert api.get(f"/leads/{lead['id']}/score").json["code"] == "already_dormant"
    api.post(f"/leads/{lead['id']}/reopen")
    assert learnt.frequencies(LEADS) == {}
    clock.advance(days=40)
    tick("silence")
    api.post(f"/leads/{lead['id']}/convert", json={})
    assert learnt.frequencies(LEADS)["", ""] == (1, 0)


def test_what_came_to_no_end_of_its_own_teaches_nothing(api, history, identified, deliver, tick, learnt) -> None:
    before, (kept, other, gone) = learnt.frequencies(LEADS), (identified()["person_id"] for _ in range(3))
    merged = {"person_id": kept, "survivor_id": kept, "loser_id": other, "merge_id": str(uuid7())}
    named = {"name": "Li Na", "emails": [], "phones": [], "company_name": None}
    deliver("contacts", "contact.merged", merged, personal=named, subject=f"people/{other}", sequence=2)
    deliver("contacts", "contact.erased", {"person_id": gone}, subject=f"people/{gone}", sequence=2)
    assert len(api.get("/leads?status=lost&source=web_form").json["data"]) == 2
    assert learnt.frequencies(LEADS) == before
    tick("scores_follow")
    (open_,) = api.get("/leads/scores").json["data"]
    told = api.get(f"/leads/{open_['lead_id']}/score").json
    forms = next(one for one in told["factors"] if one["factor"] == "forms")
    assert (forms["value"], told["probability"]) == ("2", open_["probability"])


def test_a_form_counts_with_the_lead_that_it_made(api, history, identified, learnt) -> None:
    person = identified()["person_id"]
    (lead,) = api.get(f"/leads?person_id={person}").json["data"]
    told = api.get(f"/leads/{lead['id']}/score").json
    assert next(one["value"] for one in told["factors"] if one["factor"] == "forms") == "1"
    assert told["probability"] == learnt.chance(LEADS, lead)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@example(steps=[("lose", 0), ("follow", 0), ("recycle", 0), ("convert", 0)])
@example(steps=[("silence", 0), ("follow", 0), ("convert", 0), ("lose", 1), ("recycle", 2), ("lose", 2)])
@example(steps=[("silence", 0), ("reopen", 1), ("qualify", 1), ("recycle", 2), ("convert", 2), ("convert", 2)])
@given(steps=st.lists(STEP, min_size=5, max_size=12))
def test_increments_come_to_the_same_as_counting_anew(api, database, clock, tick, new_lead, steps, learnt) -> None:
    leads = [new_lead(source=source)["id"] for source in SOURCES]
    for action, place in steps:
        if action == "create":
            leads[place] = new_lead(source=SOURCES[place])["id"]
        elif action == "silence":
            clock.advance(days=40)
            tick("silence")
        elif action == "follow":
            tick("scores_follow")
        else:
            answer = api.post(f"/leads/{leads[place]}/{action}", json=BODIES.get(action, {}))
            assert answer.status_code in (200, 201, 409), answer.text
    kept = learnt.frequencies(LEADS)
    assert {key: kept[key] for key in kept if key[0] in ("", "source")} == _ended(database)
    with database.transaction() as session:
        recount(session, LEADS)
    assert learnt.frequencies(LEADS) == kept


def test_many_who_end_and_come_back_at_once_leave_exact_counts(api, database, new_lead, tick, learnt) -> None:
    ids = [new_lead(source="fair")["id"] for _ in range(5)]
    acts = [
        partial(api.post, f"/leads/{id_}/{action}", json=BODIES.get(action, {}))
        for id_ in ids for action in ("convert", "lose", "recycle")
    ]  # fmt: skip
    both = [partial(api.post, "/leads/bulk", json={"lead_ids": way, "action": "lose", "reason": "x"})
            for way in (ids, ids[::-1])]  # fmt: skip
    answers = at_once(*acts, *both, *[partial(tick, "scores_follow")] * 6)
    assert {answer.status_code for answer in answers[: len(acts) + 2]} <= {200, 201, 409}
    counts = learnt.frequencies(LEADS)
    assert {key: counts[key] for key in counts if key[0] in ("", "source")} == _ended(database)
    with database.transaction() as session:
        recount(session, LEADS)
    assert learnt.frequencies(LEADS) == counts


def test_one_that_is_refused_among_many_is_not_forgotten(api, close, new_lead, learnt) -> None:
    path = close("lose", email="ada@example.com")
    new_lead(email="ada@example.com")  # the same person is asked for again
    before, lost = learnt.frequencies(LEADS), path.removeprefix("/leads/")
    (done,) = api.post("/leads/bulk", json={"lead_ids": [lost], "action": "recycle"}).json["data"]
    assert (done["ok"], done["code"]) == (False, "open_lead_exists")
    assert learnt.frequencies(LEADS) == before
    assert before["", ""] == (0, 1)


def test_the_job_and_the_clock_come_to_what_was_learnt_live(
    api, database, history, new_lead, run_jobs, tick, learnt
) -> None:
    lead = new_lead(source="fair")
    before = learnt.frequencies(LEADS)
    with database.transaction() as session:
        for model in (LeadOutcome, LeadFrequency, LeadScore):
            session.query(model).delete()
    for _ in range(2):
        started = api.post("/lead-scoring/rebuild")
        assert started.status_code == 202
        run_jobs()
        job = api.get(f"/jobs/{started.json['id']}").json
        assert job["status"] == "done", job
        assert (learnt.frequencies(LEADS), learnt.chance(LEADS, lead)) == (before, "0.8333")
    assert job["result"] == {"learnt": 0, "scored": 1}
    with database.transaction() as session:
        session.query(LeadScore).delete()
    tick("scores")
    assert learnt.chance(LEADS, lead) is None
    tick("first_scores")
    assert learnt.chance(LEADS, lead) == "0.8333"
    api.put("/lead-scoring", json={"factors": []})
    assert len(api.get("/deal-scoring").json["factors"]) == 12
    tick("scores")
    assert learnt.chance(LEADS, lead) == "0.5000"


def test_scored_leads_are_listed_filtered_and_paged_within_reach(api, user, rep, history, new_lead, tick) -> None:
    ann = rep("Ann")
    web, fair, call = (
        new_lead(source=source, owner_id=str(owner or rep("Bo")))
        for source, owner in (("web", None), ("fair", ann), ("call", None))
    )
    tick("scores_follow")
    listed = api.get("/leads/scores").json["data"]
    assert [one["lead_id"] for one in listed] == [fair["id"], call["id"], web["id"]]
    assert [one["probability"] for one in listed] == ["0.8333", "0.5000", "0.1667"]
    page = api.get("/leads/scores?limit=2&sort=probability").json
    assert [one["lead_id"] for one in page["data"]] == [web["id"], call["id"]]
    rest = api.get(f"/leads/scores?limit=2&sort=probability&cursor={page['next_cursor']}").json
    assert ([one["lead_id"] for one in rest["data"]], rest["next_cursor"]) == ([fair["id"]], None)
    for asked, found in (
        ("probability__gte=0.5&source__ne=fair", [call]), (f"owner_id={ann}", [fair]), ("probability__lt=0.1", []),
        ("probability=0.1667", [web]), ("q=ada&status=new&sort=-created_at", [call, fair, web]),
    ):  # fmt: skip
        got = api.get(f"/leads/scores?{asked}").json["data"]
        assert [one["lead_id"] for one in got] == [one["id"] for one in found], asked
    for wrong in ("probability=high", "sort=name", "weather=fine"):
        assert api.get(f"/leads/scores?{wrong}").status_code == 400, wrong
    mine = user(reach="own", id=ann)
    assert [one["lead_id"] for one in api.get("/leads/scores", as_=mine).json["data"]] == [fair["id"]]
    assert api.get(f"/leads/{web['id']}/score", as_=mine).status_code == 404
    assert api.get("/lead-scoring/back-test", as_=mine).status_code == 403
    assert api.put("/lead-scoring", json={"factors": []}, as_=mine).status_code == 403
    assert api.post("/lead-scoring/rebuild", as_=mine).status_code == 403


def test_partners_never_see_it_and_the_choice_is_checked(api, user, rep, new_lead) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    rep("Keeper")
    lead = api.post("/leads", json={"name": "Ours"}, as_=partner).json
    for path in (f"/leads/{lead['id']}/score", "/leads/scores", "/lead-scoring", "/lead-scoring/back-test"):
        assert api.get(path, as_=partner).status_code == 403, path
    assert api.put("/lead-scoring", json={"factors": []}, as_=partner).status_code == 403
    assert api.post("/lead-scoring/rebuild", as_=partner).status_code == 403
    for factors, pointer in ((["stage"], "/factors/0"), (["age", "age"], "/factors/1"), (None, "/factors")):
        refused = api.put("/lead-scoring", json={"factors": factors})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    told = api.get(f"/leads/{new_lead()['id']}/score").json
    why = "Not enough history: 0 leads converted and 0 lost, 10 of each are needed."
    assert (told["enough"], told["why"], told["probability"], told["factors"]) == (False, why, None, [])


def test_a_back_test_asks_of_the_leads_as_they_stood_halfway(api, clock, database, new_lead, tick) -> None:
    for place in range(40):
        path = f"/leads/{new_lead(source='web' if place % 2 else 'fair')['id']}"
        clock.advance(minutes=10)
        api.post(f"{path}/qualify", json={"need": {"level": "yes"}})
        api.post(f"{path}/{'lose' if place % 2 else 'convert'}", json=BODIES["lose"] if place % 2 else {})
    tick("scores_follow")
    tested = api.get("/lead-scoring/back-test").json
    assert (tested["enough"], tested["learnt_from"], tested["asked_about"]) == (True, 28, 12)
    assert (tested["auc"], tested["won_share"], tested["base_rate"]) == (1, 0.5, 0.5)
    assert sum(tenth["leads"] for tenth in tested["calibration"]) == 12
    assert tested["brier"] < tested["brier_of_base_rate"]
    with database.reading() as session:
        whole, halfway = session.execute(select(LeadOutcome.facts, LeadOutcome.halfway)).first()
    assert (whole["need"], halfway.get("need")) == (["yes"], None)


def _ended(database) -> dict[tuple[str, str], tuple[int, int]]:
    """How many leads are converted, and lost or asleep, of each source and of all, counted among the leads."""
    with database.reading() as session:
        ends = Lead.status.in_(LEADS.ended)
        found = session.execute(select(Lead.source, Lead.status).where(ends)).all()
    keys = {("", ""), *(("source", row.source) for row in found)} if found else set()
    return {
        key: tuple(
            sum(row.status in end and key[1] in ("", row.source) for row in found) for end in (LEADS.won, LEADS.lost)
        )
        for key in keys
    }
