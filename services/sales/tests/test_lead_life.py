"""The life of a lead: why it went, what is known of it, how it comes back; many at a time."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once
from sales.settings import settings


@pytest.fixture
def configured(monkeypatch):
    """Sets settings of sales for one test."""

    def set_to(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield set_to
    monkeypatch.undo()
    settings.cache_clear()


def story(api, lead: dict[str, Any]) -> list[tuple[str | None, str, str]]:
    changes = api.get(f"/leads/{lead['id']}/history").json["data"]
    return [(one["from_status"], one["to_status"], one["cause"]) for one in changes]


def test_reasons_are_kept_by_managers_chosen_and_counted(api, user, outbox, new_lead) -> None:
    rep = user(reach="own")
    body = {"step": "lost", "label": "No budget", "recycle_after_days": 180}
    assert api.post("/lead-reasons", json=body, as_=rep).json["code"] == "not_a_manager"
    reason = api.post("/lead-reasons", json=body).json
    assert api.post("/lead-reasons", json=body).status_code == 409
    shelf = api.post("/lead-reasons", json={"step": "shelved", "label": "Next year"}).json
    first, second, third = new_lead(), new_lead(), new_lead()
    for wrong in (shelf["id"], str(uuid7())):
        refused = api.post(f"/leads/{first['id']}/lose", json={"reason_id": wrong})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/reason_id")
    empty = api.post(f"/leads/{first['id']}/lose", json={})
    assert (empty.status_code, empty.json["errors"][0]["pointer"]) == (422, "/reason")
    assert api.get(f"/leads/{first['id']}").json == first
    lost = api.post(f"/leads/{first['id']}/lose", json={"reason_id": reason["id"]}).json
    assert (lost["reason"], lost["reason_id"]) == ("No budget", reason["id"])
    api.post(f"/leads/{second['id']}/lose", json={"reason_id": reason["id"], "reason": "They said: in autumn"})
    api.post(f"/leads/{third['id']}/lose", json={"reason": "wrong number"})
    assert [event.data["reason"] for event in outbox.events("lead.lost")] == [
        "No budget", "They said: in autumn", "wrong number",
    ]  # fmt: skip
    assert api.get("/lead-reasons/stats").json["data"] == [
        {"reason_id": reason["id"], "label": "No budget", "count": 2, "share": "66.67"},
        {"reason_id": None, "label": None, "count": 1, "share": "33.33"},
    ]
    assert api.get("/lead-reasons/stats", as_=rep).json["data"] == []
    assert api.get("/lead-reasons/stats?step=shelved").json["data"] == []
    off = api.patch(f"/lead-reasons/{reason['id']}", json={"active": False}, if_match=1)
    assert off.status_code == 200
    refused = api.post(f"/leads/{new_lead()['id']}/lose", json={"reason_id": reason["id"]})
    assert refused.status_code == 422


def test_every_change_of_a_lead_is_remembered(api, user, rep, identified, clock, tick) -> None:
    ann = rep("Ann")
    told = identified()
    (lead,) = api.get("/leads").json["data"]
    api.post(f"/leads/{lead['id']}/shelve", json={"reason": "next year"}, as_=user(reach="own", id=ann))
    identified(person_id=told["person_id"], source="fair", campaign_id=None)
    clock.advance(days=31)
    tick("silence")
    api.post(f"/leads/{lead['id']}/reopen")
    assert story(api, lead) == [
        (None, "new", "created"),
        ("new", "shelved", "shelved"),
        ("shelved", "following", "form"),
        ("following", "dormant", "silence"),
        ("dormant", "following", "reopened"),
    ]
    shelved = api.get(f"/leads/{lead['id']}/history").json["data"][1]
    assert (shelved["by"], shelved["reason"], shelved["owner_id"]) == (str(ann), "next year", str(ann))
    seen = api.get(f"/leads/{lead['id']}").json
    assert (seen["source"], seen["campaign_id"]) == ("web_form", told["campaign_id"])
    assert (seen["last_source"], seen["last_campaign_id"]) == ("fair", None)
    touches = api.get(f"/leads/{lead['id']}/touches").json["data"]
    assert [(one["source"], one["utm"]) for one in touches] == [
        ("web_form", {"source": "baidu"}), ("fair", {"source": "baidu"}),
    ]  # fmt: skip
    other = user(reach="own")
    for part in ("history", "touches"):
        assert api.get(f"/leads/{lead['id']}/{part}", as_=other).status_code == 404


def test_what_is_known_of_a_lead_is_asked_before_it_becomes_a_deal(api, user, outbox, new_lead, configured) -> None:
    configured(SALES_QUALIFICATION="75")
    lead, ann = new_lead(), user(reach="all")
    path = f"/leads/{lead['id']}"
    refused = api.post(f"{path}/convert", json={})
    assert (refused.status_code, refused.json["code"]) == (409, "not_qualified")
    assert refused.json["missing"] == ["need", "budget", "authority", "timing"]
    found = {"need": {"level": "yes", "note": "200 lamps"}, "budget": {"level": "partly", "amount": "48000.00"}}
    assert api.post(f"{path}/qualify", json=found, as_=ann).json["qualification_score"] == 37
    done = api.post(
        f"{path}/qualify", json={"authority": {"level": "yes"}, "timing": {"level": "yes", "on": "2026-05-01"}}
    )
    seen = done.json["qualification"]
    assert done.json["qualification_score"] == 87
    assert (seen["need"]["note"], seen["need"]["by"], seen["timing"]["on"]) == ("200 lamps", str(ann.id), "2026-05-01")
    assert seen["budget"]["amount"] == "48000.00"
    told = outbox.events("lead.qualified")[1].data
    assert told["qualification"] == {"need": "yes", "budget": "partly", "authority": "yes", "timing": "yes"}
    assert "200 lamps" not in str(told)
    assert api.get("/leads?qualification_score__gte=80").json["data"][0]["id"] == lead["id"]
    for body, pointer in (({"need": {"level": "maybe"}}, "/need/level"), ({"need": {}}, "/need/level")):
        assert api.post(f"{path}/qualify", json=body).json["errors"][0]["pointer"] == pointer
    assert api.post(f"{path}/convert", json={}).status_code == 200
    assert api.post(f"{path}/qualify", json=found).json["code"] == "lead_converted"


def test_a_lost_lead_comes_back_when_its_reason_says(api, clock, outbox, rep, new_lead, tick) -> None:
    ann = rep("Ann")
    lead = new_lead(owner_id=str(ann))
    reason = api.post("/lead-reasons", json={"step": "lost", "label": "No budget", "recycle_after_days": 90}).json
    lost = api.post(f"/leads/{lead['id']}/lose", json={"reason_id": reason["id"]}).json
    assert lost["recycle_at"] == "2026-05-31T09:00:00Z"
    clock.advance(days=89)
    tick("recycling")
    assert api.get(f"/leads/{lead['id']}").json["status"] == "lost"
    clock.advance(days=1)
    tick("recycling")
    tick("recycling")
    back = api.get(f"/leads/{lead['id']}").json
    assert (back["status"], back["owner_id"], back["recycled"], back["closed_at"]) == ("recycled", None, 1, None)
    told = outbox.one("lead.recycled").data
    assert (told["previous_owner_id"], told["cause"]) == (str(ann), "recycle_due")
    tick("idle_leads")
    assert api.get(f"/leads/{lead['id']}").json["owner_id"] == str(ann)
    assert story(api, lead)[1:] == [("new", "lost", "lost"), ("lost", "recycled", "recycle_due")]
    clock.advance(days=31)
    tick("silence")
    assert api.get(f"/leads/{lead['id']}").json["status"] == "dormant"


def test_a_sleeping_lead_comes_back_as_often_as_is_set(api, clock, rep, new_lead, tick, configured) -> None:
    configured(SALES_RECYCLE_DAYS="60", SALES_RECYCLE_TIMES="1")
    rep()
    lead = new_lead()
    for _ in range(4):
        clock.advance(days=61)
        for name in ("silence", "recycling", "idle_leads"):
            tick(name)
    assert [to for _, to, _ in story(api, lead)] == ["new", "dormant", "recycled", "dormant"]


def test_nobody_has_two_open_leads_by_a_recycling(api, clock, outbox, new_lead, tick, deliver) -> None:
    reason = api.post("/lead-reasons", json={"step": "lost", "label": "No budget", "recycle_after_days": 1}).json
    first = new_lead(email="ada@example.com")
    api.post(f"/leads/{first['id']}/lose", json={"reason_id": reason["id"]})
    second = new_lead(email="ada@example.com")
    refused = api.post(f"/leads/{first['id']}/recycle")
    assert (refused.status_code, refused.json["code"]) == (409, "open_lead_exists")
    clock.advance(days=2)
    tick("recycling")
    assert api.get(f"/leads/{first['id']}").json["status"] == "lost"
    api.post(f"/leads/{second['id']}/lose", json={"reason_id": reason["id"]})
    told = {"person_id": first["person_id"], "request_id": str(uuid7()), "merged_ids": []}
    deliver("contacts", "contact.erased", told, subject=f"people/{first['person_id']}", sequence=9)
    clock.advance(days=2)
    tick("recycling")
    assert api.post(f"/leads/{second['id']}/recycle").json["code"] == "person_erased"
    assert outbox.events("lead.recycled") == []


def test_recycling_at_once_happens_once(api, outbox, new_lead) -> None:
    lead = new_lead()
    api.post(f"/leads/{lead['id']}/shelve", json={"reason": "later"})
    answers = at_once(*[partial(api.post, f"/leads/{lead['id']}/recycle")] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(outbox.events("lead.recycled")) == 1


def test_many_leads_at_a_time_each_for_itself(api, user, rep, outbox, new_lead) -> None:
    ann, bo = rep("Ann"), rep("Bo")
    mine = [new_lead(owner_id=str(ann)) for _ in range(2)]
    foreign, unknown = new_lead(owner_id=str(bo)), str(uuid7())
    ids = [mine[1]["id"], foreign["id"], unknown, mine[0]["id"]]
    me = user(reach="own", id=ann)
    done = api.post("/leads/bulk", json={"lead_ids": ids, "action": "shelve", "reason": "holidays"}, as_=me).json[
        "data"
    ]
    assert [(one["lead_id"], one["ok"], one["code"]) for one in done] == [
        (ids[0], True, None), (ids[1], False, "not_found"), (ids[2], False, "not_found"), (ids[3], True, None),
    ]  # fmt: skip
    again = api.post("/leads/bulk", json={"lead_ids": ids[:1], "action": "shelve", "reason": "x"}, as_=me).json["data"]
    assert [(one["ok"], one["code"]) for one in again] == [(False, "already_shelved")]
    assert len(outbox.events("lead.shelved")) == 2
    given = api.post("/leads/bulk", json={"lead_ids": [foreign["id"]], "action": "assign", "owner_id": str(ann)}).json
    assert [one["ok"] for one in given["data"]] == [True]
    assert api.get(f"/leads/{foreign['id']}").json["owner_id"] == str(ann)
    lost = api.post("/leads/bulk", json={"lead_ids": ids[:1], "action": "lose"}).json["data"]
    assert [one["code"] for one in lost] == ["invalid"]
    for body, pointer in (
        ({"lead_ids": [], "action": "lose"}, "/lead_ids"),
        ({"lead_ids": ids, "action": "convert"}, "/action"),
    ):
        assert api.post("/leads/bulk", json=body).json["errors"][0]["pointer"] == pointer
