"""Who gets a lead."""

from __future__ import annotations

from collections import Counter
from functools import partial

from sqlalchemy import func, select

from chassis.ids import uuid7
from chassis.testing import at_once
from sales.leads.model import Lead


def territory(api, **data):
    response = api.post("/territories", json=data)
    assert response.status_code == 201, response.text
    return response.json


def test_the_territory_decides_then_the_turn(api, outbox, rep, identified) -> None:
    ann, bo, cai = rep("Ann"), rep("Bo"), rep("Cai")
    south = territory(api, name="South", country="CN", postcode_prefix="51", member_ids=[str(ann), str(bo)])
    territory(api, name="China", country="CN", member_ids=[str(cai)])
    for postcode in ("518000", "510000", "100000"):
        identified(postcode=postcode)
    told = outbox.events("lead.assigned")
    assert [event.data["owner_id"] for event in told] == [str(ann), str(bo), str(cai)]
    assert [event.data["territory"] for event in told] == ["South", "South", "China"]
    rule = {name: told[0].data["rule"][name] for name in ("strategy", "territory", "territory_id", "reason")}
    assert rule == {
        "strategy": "territory",
        "territory": "South",
        "territory_id": south["id"],
        "reason": "Territory South (CN 51*), by turns.",
    }
    lead = api.get(f"/leads/{told[0].data['lead_id']}").json
    assert (lead["assignment"], lead["territory"]) == (told[0].data["rule"], south["name"])


def test_outside_every_territory_active_reps_take_turns(api, outbox, deliver, rep, identified) -> None:
    ann, bo, gone = rep("Ann"), rep("Bo"), rep("Gone")
    rep("Boss", roles=("sales_manager",))
    left = {
        "user_id": str(gone),
        "roles": ["sales_rep"],
        "team_id": None,
        "partner_id": None,
        "active": False,
    }
    deliver("gateway", "user.deactivated", left, personal={"name": "Gone"}, sequence=2)
    for _ in range(4):
        identified(country="DE", postcode=None)
    owners = [event.data["owner_id"] for event in outbox.events("lead.assigned")]
    assert owners == [str(ann), str(bo), str(ann), str(bo)]


def test_without_a_rep_it_waits_and_is_assigned_on_demand(api, outbox, rep, identified) -> None:
    identified()
    (lead,) = api.get("/leads?owner_id=").json["data"]
    assert lead["assignment"]["reason"] == "No active sales rep takes leads."
    assert api.post(f"/leads/{lead['id']}/assign", json={}).json["code"] == "no_rep"
    assert outbox.types() == ["lead.created"]
    ann = rep("Ann", team_id=uuid7())
    shown = api.post(f"/leads/{lead['id']}/assign", json={"dry_run": True}).json
    assert shown["owner_id"] == str(ann)
    assert api.get(f"/leads/{lead['id']}").json == lead
    assert outbox.types() == ["lead.created"]
    (given,) = api.post("/leads/assign", json={}).json["data"]
    assert (given["owner_id"], given["team_id"]) == (str(ann), shown["team_id"])
    assert api.post("/leads/assign", json={}).json["data"] == []
    (told,) = outbox.each("leads.assigned", "leads", "lead_id")
    now = api.get(f"/leads/{lead['id']}").json
    assert (told.data["owner_id"], told.sequence, told.data["rule"]) == (str(ann), now["version"], now["assignment"])


def test_the_clock_gives_away_what_nobody_works_on(api, clock, outbox, deliver, rep, identified, tick) -> None:
    ann, bo = rep("Ann"), rep("Bo")
    identified()
    left = {"user_id": str(ann), "roles": ["sales_rep"], "team_id": None, "partner_id": None, "active": False}
    deliver("gateway", "user.deactivated", left, personal={"name": "Ann"}, sequence=2)
    tick("idle_leads")  # a hand-over to a deputy may be on its way
    assert len(outbox.events("lead.assigned")) == 1
    clock.advance(minutes=5)
    tick("idle_leads")
    tick("idle_leads")
    assert outbox.one("lead.assigned").data["owner_id"] == str(ann)
    assert [told.data["owner_id"] for told in outbox.each("leads.assigned", "leads", "lead_id")] == [str(bo)]


def test_a_lead_is_given_by_hand(api, outbox, rep, new_lead) -> None:
    ann, bo = rep("Ann"), rep("Bo")
    lead = new_lead(owner_id=str(ann))
    given = api.post(f"/leads/{lead['id']}/assign", json={"owner_id": str(bo)}).json
    assert (given["owner_id"], given["assignment"]["strategy"]) == (str(bo), "manual")
    assert api.post(f"/leads/{lead['id']}/assign", json={"owner_id": str(bo)}).status_code == 200
    refused = api.post(f"/leads/{lead['id']}/assign", json={"owner_id": str(uuid7())})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/owner_id")
    assert len(outbox.events("lead.assigned")) == 2


def test_a_known_customer_stays_with_its_owner(outbox, rep, identified) -> None:
    rep("Ann")
    bo = rep("Bo")
    identified(owner_id=str(bo))
    told = outbox.one("lead.assigned").data
    assert (told["owner_id"], told["rule"]["strategy"]) == (str(bo), "customer_owner")


def test_hundreds_at_once_are_shared_out_evenly(api, database, rep) -> None:
    for name in ("Ann", "Bo", "Cai"):
        rep(name)

    def create(n: int) -> list[int]:
        return [api.post("/leads", json={"name": f"Lead {n}.{i}"}).status_code for i in range(25)]

    statuses = at_once(*(partial(create, n) for n in range(12)))
    assert Counter(status for many in statuses for status in many) == {201: 300}
    with database.reading() as session:
        shares = session.execute(select(func.count()).select_from(Lead).group_by(Lead.owner_id)).scalars().all()
    assert shares == [100, 100, 100]


def test_two_who_assign_what_waits_share_it_without_giving_a_lead_twice(api, outbox, rep, new_lead) -> None:
    for n in range(40):
        new_lead(name=f"Lead {n}")
    for name in ("Ann", "Bo"):
        rep(name)
    answers = at_once(*[lambda: api.post("/leads/assign", json={"limit": 30}).json["data"]] * 3)
    api.post("/leads/assign", json={})
    assert sum(map(len, answers)) <= 40
    told = outbox.each("leads.assigned", "leads", "lead_id")
    assert len({event.data["lead_id"] for event in told}) == len(told) == 40
    assert set(Counter(event.data["owner_id"] for event in told).values()) == {20}


def test_territories_are_changed_and_refuse_nonsense(api, rep) -> None:
    ann = str(rep("Ann"))
    made = territory(api, name="South", country="CN", postcode_prefix="51-8", member_ids=[ann, ann])
    assert (made["postcode_prefix"], made["member_ids"], made["position"]) == ("518", [ann], 1)
    assert territory(api, name="North")["position"] == 2
    changed = api.patch(f"/territories/{made['id']}", json={"member_ids": []}, if_match=made["version"]).json
    assert (changed["member_ids"], changed["version"]) == ([], made["version"] + 1)
    cases = (
        ({"name": "South"}, 409, "/name"),
        ({"name": "A", "postcode_prefix": "51"}, 422, "/country"),
        ({"name": "A", "member_ids": [ann, str(uuid7())]}, 422, "/member_ids/1"),
        ({"name": "A", "position": -1}, 422, "/position"),
        ({"country": "CN"}, 422, "/name"),
    )
    for body, status, pointer in cases:
        refused = api.post("/territories", json=body)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (status, pointer), body
    assert api.delete(f"/territories/{made['id']}", if_match=changed["version"]).status_code == 204


def test_postcodes_are_those_of_the_country_above(api, rep) -> None:
    ann = str(rep("Ann"))
    china = territory(api, name="China", country="CN")
    inland = territory(api, name="Inland", parent_id=china["id"])
    south = territory(api, name="South", postcode_prefix="51", parent_id=inland["id"], member_ids=[ann])
    lead = {"country": "CN", "postcode": "518000"}
    held = api.post("/territories/match", json=lead).json["territories"]
    assert [one["name"] for one in held] == ["South", "Inland", "China"]
    assert api.post("/territories/match", json=lead | {"country": "SG"}).json["territories"] == []
    for path, change in ((china, {"country": None}), (inland, {"parent_id": None}), (south, {"parent_id": None})):
        refused = api.patch(f"/territories/{path['id']}", json=change, if_match=path["version"])
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/country"), change
        assert api.get(f"/territories/{path['id']}").json == path
    moved = api.patch(f"/territories/{south['id']}", json={"parent_id": None, "country": "CN"}, if_match=1)
    assert moved.status_code == 200
    assert api.patch(f"/territories/{china['id']}", json={"country": None}, if_match=1).status_code == 200
