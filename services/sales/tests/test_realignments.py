"""Territories drawn anew: planned, looked at, carried out, taken back."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from chassis.ids import uuid7
from chassis.testing import at_once
from sales.customers.model import Person
from sales.leads.model import Lead
from sales.realignments import carrying_out, planning
from sales.realignments.model import Move

ALL = ["members"]


@pytest.fixture
def plan(api, run_jobs):
    """Drafts and plans a re-alignment; it, as planned."""

    def make(**data):
        response = api.post("/realignments", json={"name": "New map"} | data)
        assert response.status_code == 201, response.text
        path = f"/realignments/{response.json['id']}"
        job = api.post(f"{path}/plan")
        assert job.status_code == 202, job.text
        run_jobs()
        assert api.get(f"/jobs/{job.json['id']}").json["status"] == "done"
        return api.get(path).json

    return make


@pytest.fixture
def south(api, rep, new_lead):
    """A territory of Ann's with four leads (one by hand) and two deals, and Bo, who is to get half of it."""
    ann, bo = rep("Ann"), rep("Bo")
    china = api.post("/territories", json={"name": "China", "country": "CN", "member_ids": [str(ann)]}).json
    leads = [new_lead(country="CN", postcode=code) for code in ("510000", "520000", "610000")]
    leads.append(new_lead(country="CN", postcode="620000", owner_id=str(ann)))
    deals = [api.post(f"/leads/{lead['id']}/convert", json={"amount": "100.00"}).json["deal"] for lead in leads[::2]]
    other = api.post("/territories", json={"name": "West", "active": False, "member_ids": [str(bo)]}).json
    west = {"active": True, "country": "CN", "postcode_prefix": "6"}
    return {
        "ann": str(ann), "bo": str(bo), "china": china, "west": other, "deals": deals, "leads": leads[1::2],
        "changes": [{"territory_id": other["id"], "set": west}],
    }  # fmt: skip


def owners(api, path, items):
    return [api.get(f"/{path}/{item['id']}").json["owner_id"] for item in items]


def test_a_plan_shows_what_moves_and_moves_nothing(api, outbox, south, plan):
    told = outbox.types()
    made = plan(changes=south["changes"])
    shown = api.get(f"/realignments/{made['id']}/preview").json
    flow = {"from_owner": south["ann"], "to_owner": south["bo"], "leads": 1, "deals": 1, "value": "100.00"}
    assert shown == {"leads": 1, "deals": 1, "value": "100.00", "flows": [flow], "states": {"planned": 2}}
    moves = api.get(f"/realignment-moves?realignment_id={made['id']}&kind=deals").json["data"]
    assert [(one["record_id"], one["to_territory"]) for one in moves] == [
        (south["deals"][1]["id"], south["west"]["id"])
    ]
    assert owners(api, "leads", south["leads"]) == [south["ann"]] * 2
    assert api.get(f"/territories/{south['west']['id']}").json == south["west"]
    assert outbox.types() == told


def test_it_is_carried_out_once_told_and_taken_back(api, clock, outbox, south, plan, run_jobs):
    lines = [{"description": "Lamp", "unit_price": "10.00"}]
    quotes = [
        api.post(
            "/quotes", json={"deal_id": deal["id"], "valid_until": f"{clock.instant:%Y-%m-%d}", "lines": lines}
        ).json
        for deal in south["deals"]
    ]
    made = plan(changes=south["changes"])
    path, before = f"/realignments/{made['id']}", len(outbox.events())
    job = api.post(f"{path}/run")
    assert job.status_code == 202
    assert api.post(f"{path}/run").json["code"] == "realignment_state"
    run_jobs()
    assert api.get(f"/jobs/{job.json['id']}").json["result"] == {"moved": 2, "skipped": 0}
    assert api.get(path).json["status"] == "done"
    assert owners(api, "leads", south["leads"]) == [south["ann"], south["bo"]]
    assert owners(api, "deals", south["deals"]) == [south["ann"], south["bo"]]
    assert owners(api, "quotes", quotes) == [south["ann"], south["bo"]]
    lead = api.get(f"/leads/{south['leads'][1]['id']}").json
    assert (lead["territory_id"], lead["assignment"]["strategy"]) == (south["west"]["id"], "realigned")
    assert api.get(f"/territories/{south['west']['id']}").json["active"] is True
    told = outbox.events()[before:]
    kinds = Counter(event.type for event in told)
    assert (kinds["leads.assigned"], kinds["deals.changed"], kinds["territory.realigned"]) == (1, 1, 2)
    (given,), (deal,) = (
        outbox.one(f"{name}").data[name.partition(".")[0]] for name in ("leads.assigned", "deals.changed")
    )
    assert (given["lead_id"], given["owner_id"], given["sequence"]) == (lead["id"], south["bo"], lead["version"])
    assert (deal["deal_id"], deal["owner_id"]) == (south["deals"][1]["id"], south["bo"])
    shares = {
        e.data["owner_id"]: (e.data["gained_leads"], e.data["lost_deals"]) for e in told if "gained_leads" in e.data
    }
    assert shares == {south["ann"]: (0, 1), south["bo"]: (1, 0)}
    assert run_jobs() == 0
    # Somebody gives the lead away meanwhile: that stays.
    api.post(f"/leads/{lead['id']}/assign", json={"owner_id": south["ann"]})
    api.post(f"{path}/undo")
    run_jobs()
    assert api.get(path).json["status"] == "undone"
    assert api.get(f"{path}/preview").json["states"] == {"kept": 1, "undone": 1}
    assert owners(api, "deals", south["deals"]) == [south["ann"], south["ann"]]
    assert owners(api, "quotes", quotes) == [south["ann"], south["ann"]]
    west = api.get(f"/territories/{south['west']['id']}").json
    assert (west["active"], west["country"], west["postcode_prefix"]) == (False, None, None)
    assert outbox.events("territory.realigned")[-1].data["taken_back"] is True


def test_what_was_given_by_hand_stays_if_asked_and_what_changed_since_is_skipped(api, south, plan, run_jobs):
    made = plan(changes=south["changes"], keep=["manual", "members"], records=["leads"])
    assert api.get(f"/realignments/{made['id']}/preview").json["flows"] == [
        {"from_owner": south["ann"], "to_owner": south["ann"], "leads": 1, "deals": 0, "value": "0.00"}
    ]
    made = plan(changes=south["changes"])
    api.post(f"/leads/{south['leads'][1]['id']}/lose", json={"reason": "Gone"})
    api.post(f"/realignments/{made['id']}/run")
    run_jobs()
    assert api.get(f"/realignments/{made['id']}/preview").json["states"] == {"moved": 1, "skipped": 1}
    assert api.get(f"/leads/{south['leads'][1]['id']}").json["owner_id"] == south["ann"]


def test_a_deal_stays_where_its_lead_was_when_nobody_else_knows_the_place(api, database, rep, new_lead, plan):
    ann = str(rep("Ann"))
    api.post("/territories", json={"name": "South", "country": "CN", "postcode_prefix": "51", "member_ids": [ann]})
    lead = new_lead(country="CN", postcode="510000")
    api.post(f"/leads/{lead['id']}/convert", json={"amount": "100.00"})
    with database.transaction() as session:  # as contacts tells of somebody whose country it does not know
        session.execute(update(Person).values(country=None, postcode=None))
    made = plan()
    assert api.get(f"/realignments/{made['id']}/preview").json["flows"] == []


def test_without_changes_open_records_are_shared_out_anew(api, database, rep, new_lead, plan, run_jobs):
    ann = rep("Ann")
    for n in range(6):
        new_lead(name=f"Lead {n}", source="fair" if n < 4 else "web_form", owner_id=str(ann))
    bo = rep("Bo")
    fair = {"field": "source", "op": "in", "value": ["fair"]}
    assert api.get(f"/realignments/{plan()['id']}/preview").json["leads"] == 0  # members stay
    made = plan(keep=[], when=fair)
    assert api.get(f"/realignments/{made['id']}/preview").json["leads"] == 2
    api.post(f"/realignments/{made['id']}/run")
    run_jobs()
    with database.reading() as session:
        shares = dict(session.execute(select(Lead.owner_id, func.count()).group_by(Lead.owner_id)).all())
    assert shares == {ann: 4, bo: 2}


def test_a_job_that_dies_goes_on_where_it_was(api, database, outbox, south, plan, run_jobs, monkeypatch):
    monkeypatch.setattr(planning, "BATCH", 1)
    monkeypatch.setattr(carrying_out, "BATCH", 1)
    made = plan(changes=south["changes"])
    job = api.post(f"/realignments/{made['id']}/run").json
    place_deals, died = carrying_out.place_deals, []

    def die_once(session, places):
        place_deals(session, places)
        if not died and places:
            died.append(True)
            raise OSError("the process died")

    monkeypatch.setattr(carrying_out, "place_deals", die_once)
    run_jobs()
    assert api.get(f"/jobs/{job['id']}").json["status"] == "waiting"
    assert owners(api, "leads", south["leads"]) == [south["ann"], south["bo"]]
    assert owners(api, "deals", south["deals"]) == [south["ann"], south["ann"]]
    with database.transaction() as session:
        from chassis.jobs import Job

        session.get_one(Job, UUID(job["id"])).not_before = None
    run_jobs()
    assert api.get(f"/jobs/{job['id']}").json["result"] == {"moved": 2, "skipped": 0}
    assert owners(api, "deals", south["deals"]) == [south["ann"], south["bo"]]
    assert len(outbox.each("leads.assigned", "leads", "lead_id")) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Move)) == 2


def test_a_plan_that_is_out_of_date_is_refused_and_one_of_two_runs(api, outbox, south, plan):
    made = plan(changes=south["changes"])
    path = f"/realignments/{made['id']}"
    china = api.get(f"/territories/{south['china']['id']}").json
    api.patch(f"/territories/{china['id']}", json={"priority": 3}, if_match=china["version"])
    refused = api.post(f"{path}/run")
    assert (refused.status_code, refused.json["code"]) == (409, "plan_outdated")
    assert api.get(f"/territories/{south['west']['id']}").json == south["west"]
    made = plan(changes=south["changes"])
    answers = at_once(*[lambda: api.post(f"/realignments/{made['id']}/run").status_code] * 3)
    assert Counter(answers) == {202: 1, 409: 2}


def test_nonsense_is_refused(api, south, user):
    west, china = south["west"]["id"], south["china"]["id"]
    cases = (
        ({"records": []}, "/records"),
        ({"records": ["people"]}, "/records"),
        ({"keep": ["everything"]}, "/keep"),
        ({"when": {"field": "colour", "op": "in", "value": ["red"]}}, "/when/field"),
        ({"changes": [{"territory_id": str(uuid7()), "set": {}}]}, "/changes/0/territory_id"),
        ({"changes": [{"territory_id": west, "set": {"member_ids": [str(uuid7())]}}]}, "/changes/0/set/member_ids/0"),
        ({"changes": [{"territory_id": west, "set": {"colour": 1}}]}, "/changes/0/set/colour"),
    )
    for body, pointer in cases:
        refused = api.post("/realignments", json={"name": "A"} | body)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), refused.json
    circle = [{"territory_id": west, "set": {"parent_id": china}}, {"territory_id": china, "set": {"parent_id": west}}]
    assert api.post("/realignments", json={"name": "A", "changes": circle}).json["code"] == "cycle"
    draft = api.post("/realignments", json={"name": "A"}).json
    path = f"/realignments/{draft['id']}"
    assert api.get(f"{path}/preview").json["code"] == "not_planned"
    assert api.post(f"{path}/run").json["code"] == api.post(f"{path}/undo").json["code"] == "realignment_state"
    for who in (user(reach="team", roles=("sales_manager",)), user(reach="partner", partner_id=uuid7())):
        assert api.post("/realignments", json={"name": "A"}, as_=who).status_code == 403
        assert api.post(f"{path}/plan", as_=who).status_code == 403
        closed = who.reach == "partner"
        assert api.get("/realignments", as_=who).json.get("data") == (None if closed else [])
        assert api.get(path, as_=who).status_code == (403 if closed else 404)
    renamed = api.patch(path, json={"name": "B"}, if_match=draft["version"])
    assert renamed.json["name"] == "B"
    assert api.patch(path, json={"name": "C"}, if_match=draft["version"]).status_code == 412
    assert api.delete(path, if_match=renamed.json["version"]).status_code == 204
