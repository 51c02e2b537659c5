"""Leads over the API."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7


def test_a_lead_is_created_found_and_told(api, outbox, new_lead) -> None:
    ming = {"name": "王小明", "email": "Ming@Example.CN", "phone": "138 0013 8000", "company_name": "Shenzhen Lighting"}
    lead = new_lead(**ming, country="CN", postcode="518000")
    assert (lead["status"], lead["email"], lead["phone"]) == ("new", "ming@example.cn", "+8613800138000")
    assert (lead["score"], lead["source"], lead["owner_id"], lead["follow_step"]) == (80, "manual", None, 0)
    assert api.get(f"/leads/{lead['id']}").json == lead
    for words in ("小明", "ming@exam", "8000138", "138-0013-8000", "shenzhen light"):
        found = [one["id"] for one in api.get("/leads", query_string={"q": words}).json["data"]]
        assert found == ([] if words == "8000138" else [lead["id"]]), words
    told = outbox.one("lead.created")
    assert told.subject == f"leads/{lead['id']}"
    assert told.personal == {
        "name": "王小明",
        "email": "ming@example.cn",
        "phone": "+8613800138000",
        "company_name": "Shenzhen Lighting",
    }
    assert (told.data["country"], told.data["postcode"]) == ("CN", "518000")
    assert "小明" not in str(told.without_personal().data)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/name", "required"),
        ({"name": "A", "email": "nonsense"}, "/email", "not_valid"),
        ({"name": "A", "phone": "12"}, "/phone", "not_valid"),
        ({"name": "A", "country": "XX"}, "/country", "invalid"),
        ({"name": "A", "status": "lost"}, "/status", "unknown_field"),
        ({"name": "A", "person_id": "7"}, "/person_id", "not_valid"),
        ({"name": "A" * 201}, "/name", "too_long"),
        ({"name": "A", "owner_id": str(uuid7())}, "/owner_id", "unknown_rep"),
    ],
)
def test_bad_input_is_refused_by_field_and_nothing_is_left(api, outbox, body, pointer, code) -> None:
    response = api.post("/leads", json=body)
    assert response.status_code == 422, response.text
    assert [(error["pointer"], error["code"]) for error in response.json["errors"]] == [(pointer, code)]
    assert api.get("/leads").json["data"] == []
    assert outbox.types() == []


def test_the_open_lead_of_the_same_person_is_reused(api, outbox, new_lead) -> None:
    lead = new_lead(email="ada@example.com")
    again = api.post("/leads", json={"person_id": lead["person_id"], "name": "Somebody"})
    by_mail = api.post("/leads", json={"name": "Ada", "email": "ADA@example.com"})
    assert (again.status_code, again.json["id"], by_mail.json["id"]) == (200, lead["id"], lead["id"])
    assert outbox.types() == ["lead.created"]
    assert api.post(f"/leads/{lead['id']}/lose", json={"reason": "no need"}).status_code == 200
    later = new_lead(email="ada@example.com")
    assert later["id"] != lead["id"]
    assert later["person_id"] == lead["person_id"]


def test_the_open_lead_of_another_rep_is_in_the_way_and_not_shown(api, user, new_lead) -> None:
    lead = new_lead()
    refused = api.post("/leads", json={"person_id": lead["person_id"]}, as_=user(reach="own"))
    assert (refused.status_code, refused.json["code"]) == (409, "open_lead_exists")
    assert lead["id"] not in refused.text


def test_a_rep_sees_own_leads_and_keeps_those_created(api, user, rep, new_lead) -> None:
    me = user(reach="own", id=rep())
    new_lead(owner_id=str(rep("Other")))
    mine = api.post("/leads", json={"name": "Mine"}, as_=me).json
    assert (mine["owner_id"], mine["assignment"]["strategy"]) == (str(me.id), "creator")
    assert [lead["id"] for lead in api.get("/leads", as_=me).json["data"]] == [mine["id"]]
    assert len(api.get("/leads").json["data"]) == 2


def test_a_lead_is_changed_under_its_version(api, outbox, new_lead) -> None:
    lead = new_lead()
    path = f"/leads/{lead['id']}"
    campaign = str(uuid7())
    assert api.patch(path, json={"campaign_id": campaign}).status_code == 428
    changed = api.patch(path, json={"campaign_id": campaign}, if_match=lead["version"])
    assert (changed.status_code, changed.json["campaign_id"]) == (200, campaign)
    assert changed.json["score"] == lead["score"] + 10
    assert api.patch(path, json={"source": "fair"}, if_match=lead["version"]).status_code == 412
    assert outbox.types() == ["lead.created", "lead.updated"]


def test_lose_shelve_reopen(api, outbox, rep, new_lead) -> None:
    rep()
    lead = new_lead()
    path = f"/leads/{lead['id']}"
    refused = api.post(f"{path}/lose", json={"reason": "  "})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/reason")
    assert api.post(f"{path}/reopen").json["code"] == "already_open"
    shelved = api.post(f"{path}/shelve", json={"reason": "next year"}).json
    assert (shelved["status"], shelved["reason"], shelved["closed_at"]) == ("shelved", "next year", None)
    assert api.post(f"{path}/shelve", json={"reason": "again"}).json["code"] == "already_shelved"
    reopened = api.post(f"{path}/reopen").json
    assert (reopened["status"], reopened["reason"]) == ("following", None)
    lost = api.post(f"{path}/lose", json={"reason": "bought elsewhere"}).json
    assert (lost["status"], lost["reason"]) == ("lost", "bought elsewhere")
    assert lost["closed_at"] is not None
    for action, body in (
        ("lose", {"reason": "x"}),
        ("shelve", {"reason": "x"}),
        ("reopen", None),
        ("assign", {}),
    ):
        assert api.post(f"{path}/{action}", json=body).status_code == 409, action
    steps = [type_ for type_ in outbox.types() if type_.startswith("lead.")]
    assert steps == ["lead.created", "lead.assigned", "lead.shelved", "lead.reopened", "lead.lost"]
    assert outbox.one("lead.lost").data["reason"] == "bought elsewhere"
    planned = {event.data["task_id"] for event in outbox.events("followup.planned")}
    assert planned == {event.data["task_id"] for event in outbox.events("followup.cancelled")}


def test_lists_filter_sort_and_page(api, new_lead) -> None:
    leads = [new_lead(name=f"Lead {n}", source="fair" if n % 2 else "web_form") for n in range(5)]
    first = api.get("/leads?limit=3&sort=created_at").json
    second = api.get("/leads", query_string={"limit": 3, "sort": "created_at", "cursor": first["next_cursor"]}).json
    assert [one["id"] for one in first["data"] + second["data"]] == [one["id"] for one in leads]
    assert second["next_cursor"] is None
    assert len(api.get("/leads?source=fair&status=new").json["data"]) == 2
    refused = api.get("/leads?colour=red")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (400, "/colour")


def test_without_the_scope_nothing_is_read_or_written(api, user, new_lead, outbox) -> None:
    lead = new_lead()
    reader: Any = user(scopes="sales:read")
    assert api.post(f"/leads/{lead['id']}/lose", json={"reason": "x"}, as_=reader).status_code == 403
    assert api.get("/leads", as_=user(scopes="marketing:read")).status_code == 403
    assert api.get("/leads", as_=None).status_code == 401
    assert outbox.types() == ["lead.created"]


def test_a_partner_sees_and_works_on_what_it_registered(api, user, outbox, rep, new_lead) -> None:
    rep("Ann")
    partner, other = user(reach="partner", partner_id=uuid7()), user(reach="partner", partner_id=uuid7())
    new_lead()
    mine = api.post("/leads", json={"name": "Registered"}, as_=partner).json
    told = api.get(f"/leads/{mine['id']}").json
    assert (mine["partner_id"], told["assignment"]["strategy"]) == (str(partner.partner_id), "round_robin")
    assert not {"assignment", "score", "territory", "qualification"} & mine.keys()
    assert [lead["id"] for lead in api.get("/leads", as_=partner).json["data"]] == [mine["id"]]
    assert api.get("/leads", as_=other).json["data"] == []
    assert api.get(f"/leads/{mine['id']}", as_=other).status_code == 404
    deal = api.post(f"/leads/{mine['id']}/convert", json={}, as_=partner).json["deal"]
    assert [one["id"] for one in api.get("/deals", as_=partner).json["data"]] == [deal["id"]]
    assert api.get("/deals", as_=other).json["data"] == []
    assert outbox.one("deal.created").data["partner_id"] == str(partner.partner_id)


def test_rules_are_changed_by_managers_only(api, user, new_lead) -> None:
    lead = new_lead()
    partner = user(reach="partner", partner_id=uuid7())
    assert api.post("/territories", json={"name": "Mine"}, as_=user(reach="own")).json["code"] == "not_a_manager"
    assert api.post("/territories", json={"name": "Mine"}, as_=partner).json["code"] == "not_for_partners"
    for caller in (user(reach="own"), partner):
        body = {"name": "Mine", "stages": STAGES}
        assert api.post("/pipelines", json=body, as_=caller).json["code"] == "not_a_manager"
    assert api.post("/leads/assign", json={}, as_=partner).json["code"] == "not_for_partners"
    assert api.post(f"/leads/{lead['id']}/assign", json={}, as_=partner).json["code"] == "not_for_partners"
    assert api.post("/territories", json={"name": "Ours"}, as_=user(reach="team")).status_code == 201


STAGES = [{"name": "Talk"}, {"name": "Won", "kind": "won"}, {"name": "Lost", "kind": "lost"}]


def test_a_new_lead_changes_once_by_its_owner_also_for_a_process_that_knows_no_rules_yet(api, database, rep) -> None:
    rep("Ann")
    for memo in ("empty", "read"):
        if memo == "empty":
            database._memo.clear()
        assert api.post("/leads", json={"name": f"Li {memo}", "country": "CN"}).json["version"] == 2
