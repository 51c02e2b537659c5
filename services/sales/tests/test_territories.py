"""The tree of territories."""

from __future__ import annotations

from collections import Counter

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once


@pytest.fixture
def territory(api):
    def make(name, **data):
        response = api.post("/territories", json={"name": name} | data)
        assert response.status_code == 201, response.text
        return response.json

    return make


def asks(field, op, value):
    return {"field": field, "op": op, "value": value}


def test_who_would_own_a_customer_and_why(api, rep, territory):
    boss, ann, bo, cai = rep("Boss", roles=("sales_manager",)), rep("Ann"), rep("Bo"), rep("Cai")
    members = [{"rep_id": str(boss), "role": "manager"}, {"rep_id": str(cai), "role": "backup"}]
    china = territory("China", country="CN", members=[*members, {"rep_id": str(ann)}])
    big = asks("employees", "gte", 500)
    territory("Big", parent_id=china["id"], when=big, member_ids=[str(bo)])
    territory("Planned", country="CN", postcode_prefix="5", starts_on="2999-01-01", member_ids=[str(bo)])
    found = api.post("/territories/match", json={"country": "CN", "postcode": "518000", "employees": 900}).json
    assert [one["name"] for one in found["territories"]] == ["Big", "China"]
    assert found["reason"] == "Territory Big (employees is at least 500): more specific than China."
    assert (found["owner_id"], found["assignment"]["strategy"]) == (str(bo), "territory")
    found = api.post("/territories/match", json={"country": "CN"}).json
    assert (found["owner_id"], found["territories"][0]["managers"]) == (str(ann), [str(boss)])
    assert api.post("/territories/match", json={"country": "DE"}).json["territories"] == []
    assert api.post("/territories/match", json={"country": "DE", "employees": -1}).status_code == 422


def test_backups_take_over_where_no_rep_can(api, rep, territory, new_lead):
    ann, cai = rep("Ann"), rep("Cai")
    territory("China", country="CN", members=[{"rep_id": str(ann)}, {"rep_id": str(cai), "role": "backup"}])
    assert new_lead(country="CN")["owner_id"] == str(ann)
    api.put(f"/reps/{ann}/availability", json={"opted_out": True}, if_match=0)
    lead = new_lead(country="CN")
    assert (lead["owner_id"], lead["assignment"]["reason"]) == (
        str(cai),
        "Territory China (CN), by turns among its backups.",
    )


def test_what_a_company_does_decides_and_a_lead_that_moves_changes_its_territory(
    api, deliver, rep, territory, new_lead
):
    ann = rep("Ann")
    retail = territory("Retail", when=asks("industry", "in", ["retail"]), member_ids=[str(ann)])
    north = territory("North", country="CN", when=asks("region", "in", ["Beijing"]), member_ids=[str(ann)])
    company_id = uuid7()
    told = {"company_id": str(company_id), "name": "Shop", "country": "DE", "postcode": None, "industry": "Retail"}
    deliver("contacts", "company.created", told | {"employees": 3}, subject=f"companies/{company_id}")
    lead = new_lead(company_id=str(company_id))
    assert (lead["territory_id"], lead["territory"]) == (retail["id"], "Retail")
    other = new_lead(owner_id=str(ann))
    assert other["territory_id"] is None
    moved = api.patch(f"/leads/{other['id']}", json={"country": "CN", "region": "Beijing"}, if_match=other["version"])
    assert moved.json["territory_id"] == north["id"]
    deal = api.post("/deals", json={"name": "Shelves", "company_id": str(company_id), "amount": "10.00"}).json
    assert deal["territory_id"] == retail["id"]
    converted = api.post(f"/leads/{other['id']}/convert", json={}).json["deal"]
    assert converted["territory_id"] == north["id"]


def test_the_tree_sums_up_what_lies_below(api, rep, territory, new_lead, user):
    ann = rep("Ann")
    china = territory("China", country="CN")
    south = territory("South", country="CN", postcode_prefix="5", parent_id=china["id"], member_ids=[str(ann)])
    lead = new_lead(country="CN", postcode="518000")
    new_lead(country="CN", postcode="100000")
    new_lead(country="CN", postcode="510000")
    api.post(f"/leads/{lead['id']}/convert", json={"amount": "100.50"})
    rows = api.get("/territories/tree").json["data"]
    figures = ("name", "depth", "own_leads", "own_deals", "own_amount", "leads", "deals", "amount")
    assert [tuple(row[name] for name in figures) for row in rows] == [
        ("China", 0, 1, 0, "0.00", 2, 1, "100.50"),
        ("South", 1, 1, 1, "100.50", 1, 1, "100.50"),
    ]
    mine = api.get("/territories/tree", as_=user(reach="own", roles=("sales_rep",))).json["data"]
    assert [row["leads"] for row in mine] == [0, 0]
    assert api.get("/territories/tree", as_=user(reach="partner", partner_id=uuid7())).status_code == 403
    refused = api.delete(f"/territories/{china['id']}", if_match=china["version"])
    assert (refused.status_code, refused.json["code"]) == (409, "has_children")
    assert api.delete(f"/territories/{south['id']}", if_match=south["version"]).status_code == 204


def test_no_circle_is_made_also_at_once(api, territory):
    rounds = [(territory(f"A{n}"), territory(f"B{n}")) for n in range(4)]

    def move(below, above):
        body = {"parent_id": above["id"]}
        return api.patch(f"/territories/{below['id']}", json=body, if_match=below["version"]).status_code

    for a, b in rounds:
        assert sorted(at_once(lambda a=a, b=b: move(a, b), lambda a=a, b=b: move(b, a))) == [200, 409]
    a = territory("C")
    refused = api.patch(f"/territories/{a['id']}", json={"parent_id": a["id"]}, if_match=a["version"])
    assert (refused.status_code, refused.json["code"]) == (409, "cycle")


def test_territories_refuse_nonsense(api, rep, territory):
    ann = str(rep("Ann"))
    one = {"rep_id": ann}
    cases = (
        ({"parent_id": str(uuid7())}, 422, "/parent_id"),
        ({"members": [one, one]}, 422, "/members/1/rep_id"),
        ({"members": [one | {"weight": 0}]}, 422, "/members/0/weight"),
        ({"members": [one | {"role": "king"}]}, 422, "/members/0/role"),
        ({"members": [{"rep_id": str(uuid7())}]}, 422, "/members/0/rep_id"),
        ({"starts_on": "2026-03-02", "ends_on": "2026-03-01"}, 422, "/ends_on"),
        ({"when": asks("source", "in", ["fair"])}, 422, "/when/field"),
        ({"when": asks("postcode", "range", [["10", "20"], ["15", "30"]])}, 422, "/when/value/1"),
    )
    for body, status, pointer in cases:
        refused = api.post("/territories", json={"name": "A"} | body)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (status, pointer), body
    made = territory("B")
    edits = at_once(
        *[lambda: api.patch(f"/territories/{made['id']}", json={"priority": 1}, if_match=made["version"]).status_code]
        * 2
    )
    assert Counter(edits) == {200: 1, 412: 1}
