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
