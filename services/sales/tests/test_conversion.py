"""A lead becomes a deal, once."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once


def test_a_lead_becomes_a_deal_and_both_are_told(api, outbox, rep, identified) -> None:
    ann = rep("Ann")
    told = identified()
    (lead,) = api.get("/leads").json["data"]
    wanted = {"name": "200 fixtures", "amount": "48000", "currency": "CNY", "expected_close": "2026-12-31"}
    answer = api.post(f"/leads/{lead['id']}/convert", json=wanted)
    assert answer.status_code == 200, answer.text
    deal = answer.json["deal"]
    assert deal["amount"] == "48000.00"
    assert (deal["name"], deal["stage"], deal["probability"], deal["status"]) == (
        "200 fixtures",
        "Qualified",
        10,
        "open",
    )
    assert (deal["owner_id"], deal["lead_id"], deal["person_id"]) == (str(ann), lead["id"], told["person_id"])
    assert (deal["contact_name"], deal["company_name"]) == ("王小明", "Shenzhen Lighting")
    assert (deal["campaign_id"], deal["source"]) == (told["campaign_id"], "web_form")
    assert answer.json["lead"]["status"] == "converted"
    assert answer.json["lead"]["deal_id"] == deal["id"]
    assert api.get(f"/deals/{deal['id']}").json == deal
    assert outbox.one("lead.converted").data["deal_id"] == deal["id"]
    created = outbox.one("deal.created")
    assert (created.data["amount"], created.data["lead_id"], created.data["stage_kind"]) == (
        "48000.00",
        lead["id"],
        "open",
    )
    assert "小明" not in str(created.without_personal().data)
    planned = {event.data["task_id"] for event in outbox.events("followup.planned")}
    assert planned == {event.data["task_id"] for event in outbox.events("followup.cancelled")}


def test_converting_again_gives_the_same_deal(api, outbox, new_lead) -> None:
    lead = new_lead()
    first = api.post(f"/leads/{lead['id']}/convert", json={"amount": "10.00"}).json
    types = outbox.types()
    again = api.post(f"/leads/{lead['id']}/convert", json={"amount": "99.00", "name": "Other"}).json
    shown = api.post(f"/leads/{lead['id']}/convert", json={"dry_run": True}).json
    assert again == first
    assert shown == first | {"preview": True}
    assert outbox.types() == types == ["lead.created", "deal.created", "lead.converted"]


def test_two_reps_at_once_make_one_deal(api, outbox, new_lead) -> None:
    for _ in range(5):
        lead = new_lead()
        convert = partial(api.post, f"/leads/{lead['id']}/convert", json={})
        answers = at_once(*[convert] * 6)
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json["deal"]["id"] for answer in answers}) == 1
    assert len(api.get("/deals").json["data"]) == 5
    assert len(outbox.events("deal.created")) == len(outbox.events("lead.converted")) == 5


@pytest.mark.parametrize("word", ["dry_run", "preview"])
def test_a_preview_writes_nothing(api, outbox, new_lead, word) -> None:
    lead = new_lead(company_name="Acme")
    shown = api.post(f"/leads/{lead['id']}/convert", json={"amount": "10", word: True}).json
    assert (shown["preview"], shown["deal"]["id"], shown["deal"]["name"]) == (True, None, "Acme")
    assert (shown["lead"]["status"], shown["deal"]["stage"]) == ("converted", "Qualified")
    assert api.get(f"/leads/{lead['id']}").json == lead
    assert api.get("/deals").json["data"] == []
    assert outbox.types() == ["lead.created"]


def test_what_makes_no_sense_is_refused_and_nothing_changes(api, outbox, new_lead, stages) -> None:
    lead = new_lead()
    other = api.post("/pipelines", json=PIPELINE).json
    (default,) = api.get("/pipelines?is_default=true").json["data"]
    cases = (
        ({"amount": "-1"}, "/amount"),
        ({"amount": "1.001"}, "/amount"),
        ({"currency": "XYZ"}, "/currency"),
        ({"pipeline_id": str(uuid7())}, "/pipeline_id"),
        ({"stage_id": other["stages"][0]["id"], "pipeline_id": default["id"]}, "/stage_id"),
        ({"stage_id": stages["Won"]}, "/stage_id"),
        ({"colour": "red"}, "/colour"),
    )
    for body, pointer in cases:
        for extra in ({}, {"dry_run": True}):
            refused = api.post(f"/leads/{lead['id']}/convert", json=body | extra)
            assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), body
    assert api.get(f"/leads/{lead['id']}").json == lead
    assert outbox.types() == ["lead.created"]


def test_a_lost_lead_is_not_converted(api, outbox, new_lead) -> None:
    lead = new_lead()
    api.post(f"/leads/{lead['id']}/lose", json={"reason": "no need"})
    refused = api.post(f"/leads/{lead['id']}/convert", json={})
    shown = api.post(f"/leads/{lead['id']}/convert", json={"dry_run": True})
    assert (refused.status_code, refused.json["code"]) == (shown.status_code, shown.json["code"]) == (409, "lead_lost")
    assert outbox.events("deal.created") == []


def test_losing_while_converting_has_one_outcome(api, outbox, new_lead) -> None:
    for _ in range(5):
        lead = new_lead()
        path = f"/leads/{lead['id']}"
        convert = partial(api.post, f"{path}/convert", json={})
        lose = partial(api.post, f"{path}/lose", json={"reason": "no need"})
        statuses = sorted(answer.status_code for answer in at_once(convert, lose))
        assert statuses == [200, 409]
    assert len(outbox.events("lead.converted")) + len(outbox.events("lead.lost")) == 5


def test_the_lead_of_another_rep_is_out_of_reach(api, user, outbox, new_lead) -> None:
    lead = new_lead()
    assert api.post(f"/leads/{lead['id']}/convert", json={}, as_=user(reach="own")).status_code == 404
    assert outbox.types() == ["lead.created"]


PIPELINE = {
    "name": "Renewals",
    "stages": [
        {"name": "Due", "probability": 60},
        {"name": "Won", "kind": "won"},
        {"name": "Lost", "kind": "lost"},
    ],
}


def test_a_lead_joins_a_deal_that_is_there(api, outbox, new_lead, new_deal) -> None:
    lead, deal = new_lead(company_name="Acme"), new_deal()
    shown = api.post(f"/leads/{lead['id']}/convert", json={"deal_id": deal["id"], "preview": True}).json
    assert (shown["deal"]["id"], shown["lead"]["status"]) == (deal["id"], "converted")
    joined = api.post(f"/leads/{lead['id']}/convert", json={"deal_id": deal["id"]}).json
    assert (joined["lead"]["deal_id"], joined["deal"]["lead_id"]) == (deal["id"], lead["id"])
    assert (joined["deal"]["person_id"], joined["deal"]["amount"]) == (lead["person_id"], deal["amount"])
    told = outbox.one("lead.converted").data
    assert (told["deal_id"], told["deal_created"]) == (deal["id"], False)
    second = new_lead()
    api.post(f"/leads/{second['id']}/convert", json={"deal_id": deal["id"]})
    assert api.get(f"/deals/{deal['id']}").json["lead_id"] == lead["id"]
    assert len(api.get("/deals").json["data"]) == 1


def test_a_deal_that_cannot_be_joined_changes_nothing(api, user, rep, outbox, new_lead, new_deal) -> None:
    me = user(reach="own", id=rep())
    lead, lost = new_lead(owner_id=str(me.id)), new_deal()
    api.post(f"/deals/{lost['id']}/lose", json={"reason": "price"})
    before = outbox.types()
    for body, status in (
        ({"deal_id": lost["id"]}, 409),
        ({"deal_id": str(uuid7())}, 404),
        ({"deal_id": lost["id"], "amount": "1.00"}, 422),
        ({"company_id": str(uuid7()), "company_name": "Acme"}, 422),
    ):
        for extra in ({}, {"preview": True}):
            assert api.post(f"/leads/{lead['id']}/convert", json=body | extra).status_code == status, body
    foreign = new_deal()
    assert api.post(f"/leads/{lead['id']}/convert", json={"deal_id": foreign["id"]}, as_=me).status_code == 404
    assert api.get(f"/leads/{lead['id']}").json == lead
    assert outbox.types() == [*before, "deal.created"]


def test_the_company_is_found_by_its_name_or_asked_for_once(api, outbox, deliver, new_lead) -> None:
    known = str(uuid7())
    deliver("contacts", "company.created", {"company_id": known, "name": "Shenzhen Lighting"})
    lead = new_lead()
    found = api.post(f"/leads/{lead['id']}/convert", json={"company_name": "shenzhen lighting"}).json
    assert (found["deal"]["company_id"], found["deal"]["company_name"]) == (known, "Shenzhen Lighting")
    assert outbox.one("lead.converted").data["company_created"] is False
    leads = [new_lead() for _ in range(4)]
    asked = {"company_name": "Acme GmbH"}
    preview = api.post(f"/leads/{leads[0]['id']}/convert", json=asked | {"preview": True}).json
    assert (preview["deal"]["company_id"], preview["deal"]["company_name"]) == (None, "Acme GmbH")
    assert preview["candidates"] == {"companies": [], "deals": []}
    answers = at_once(*[partial(api.post, f"/leads/{one['id']}/convert", json=asked) for one in leads])
    (company_id,) = {answer.json["deal"]["company_id"] for answer in answers}
    told = outbox.events("lead.converted")[1:]
    assert sorted(event.data["company_created"] for event in told) == [False, False, False, True]
    assert {event.data["company_id"] for event in told} == {company_id}
    other = str(uuid7())
    merged = {"company_id": other, "survivor_id": other, "loser_id": company_id, "merge_id": other, "name": "Acme AG"}
    deliver("contacts", "company.merged", merged, subject=f"companies/{company_id}")
    assert {one["company_id"] for one in api.get("/deals").json["data"]} == {known, other}


def test_a_preview_shows_what_is_there_already(api, user, rep, deliver, new_lead, new_deal) -> None:
    known = str(uuid7())
    deliver("contacts", "company.created", {"company_id": known, "name": "Acme"})
    me = user(reach="own", id=rep())
    lead = new_lead(company_name="ACME", owner_id=str(me.id))
    deal = new_deal(person_id=lead["person_id"])
    path, body = f"/leads/{lead['id']}/convert", {"preview": True}
    shown = api.post(path, json=body).json["candidates"]
    assert shown["companies"] == [{"id": known, "name": "Acme"}]
    assert [one["id"] for one in shown["deals"]] == [deal["id"]]
    assert api.post(path, json=body, as_=me).json["candidates"]["deals"] == []


def test_lines_make_the_amount(api, outbox, new_lead) -> None:
    lead = new_lead()
    lines = [{"description": "Lamp", "quantity": "3", "unit_price": "19.99"}]
    shown = api.post(f"/leads/{lead['id']}/convert", json={"lines": lines, "preview": True}).json
    assert shown["deal"]["amount"] == "59.97"
    deal = api.post(f"/leads/{lead['id']}/convert", json={"lines": lines}).json["deal"]
    assert (deal["amount"], deal["amount_from_lines"]) == ("59.97", True)
    assert [one["amount"] for one in api.get(f"/deals/{deal['id']}/lines").json["data"]] == ["59.97"]


def test_a_lead_of_a_partner_stays_the_partners(api, user, new_lead) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    lead = api.post("/leads", json={"name": "Registered"}, as_=partner).json
    deal = api.post(f"/leads/{lead['id']}/convert", json={}).json["deal"]
    assert deal["partner_id"] == str(partner.partner_id)
    assert api.get(f"/leads/{lead['id']}", as_=partner).json["status"] == "converted"
