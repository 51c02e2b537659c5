"""Interactions, and the warning about a colleague."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once


def test_an_interaction_is_logged_and_told(api: Any, person: Any, outbox: Any, clock: Any) -> None:
    here = person(company_name="Acme Corp.")
    lead = str(uuid7())
    body = {
        "person_id": here["id"], "lead_id": lead, "channel": "visit", "summary": "On site", "content": "2 h",
        "outcome": "wants a quote", "next_step": "send it", "next_step_at": "2026-03-05T09:00:00+08:00",
    }  # fmt: skip
    response = api.post("/interactions", json=body)
    assert response.status_code == 201, response.text
    logged = response.json
    assert (logged["company_id"], logged["direction"], logged["warnings"]) == (here["company_id"], "out", [])
    assert logged["next_step_at"] == "2026-03-05T01:00:00Z"
    told = outbox.one("interaction.logged")
    assert told.data == {
        "interaction_id": logged["id"], "person_id": here["id"], "company_id": here["company_id"], "deal_id": None,
        "lead_id": lead, "ticket_id": None, "channel": "visit", "direction": "out", "outcome": "wants a quote",
        "at": "2026-03-02T09:00:00+00:00", "author_id": str(api.default.id),
        "person_ids": [here["id"]], "user_ids": [], "task_id": None,
    }  # fmt: skip
    (entry,) = api.get(f"/companies/{here['company_id']}/timeline").json["data"]
    assert entry["title"] == "On site"
    changed = api.patch(f"/interactions/{logged['id']}", json={"summary": "On site, with lunch"}, if_match=1)
    assert changed.json["version"] == 2
    assert api.get(f"/people/{here['id']}/timeline").json["data"][0]["title"] == "On site, with lunch"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"channel": "call"}, "/person_id"),
        ({"channel": "telepathy", "lead_id": "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"}, "/channel"),
        ({"channel": "call", "person_id": "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"}, "/person_id"),
        ({"channel": "call", "company_id": "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"}, "/company_id"),
        ({"channel": "call", "lead_id": "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01", "at": "2099-01-01T00:00:00Z"}, "/at"),
        ({"channel": "call", "lead_id": "x"}, "/lead_id"),
    ],
)
def test_bad_interactions_are_refused(api: Any, outbox: Any, body: dict[str, Any], pointer: str) -> None:
    response = api.post("/interactions", json=body)
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer)
    assert outbox.types() == []


def test_a_colleague_s_touch_is_warned_of(api: Any, user: Any, person: Any, colleague: Any, clock: Any) -> None:
    here = person()
    ann, bo = user(name="Ann"), user(name="Bo")
    colleague("Ann", id=ann.id)

    def log(who: Any, **more: Any) -> list[Any]:
        body = {"person_id": here["id"], "channel": "call"} | more
        return api.post("/interactions", json=body, as_=who).json["warnings"]

    assert log(ann) == []
    assert log(ann) == []
    clock.advance(hours=23)
    (warning,) = log(bo)
    assert (warning["code"], warning["author_id"], warning["channel"]) == ("colleague_active", str(ann.id), "call")
    assert warning["message"] == "Ann was in touch with this customer by call already."
    colleague("Bo", id=bo.id, locale="zh-CN")
    assert [w["message"] for w in log(bo)] == ["Ann刚刚已通过电话联系过该客户。"]
    assert log(bo, channel="note") == []
    clock.advance(hours=2)
    assert [w["author_id"] for w in log(ann)] == [str(bo.id)]
    assert log(bo, at=(clock.instant - timedelta(days=3)).isoformat()) == []


def test_what_was_said_moves_with_the_customer(api: Any, user: Any, person: Any, colleague: Any) -> None:
    ann, bo = user(reach="own"), user(reach="own")
    here = person(owner_id=str(ann.id))
    api.post("/interactions", json={"person_id": here["id"], "channel": "call"}, as_=ann)
    assert len(api.get("/interactions", as_=ann).json["data"]) == 1
    assert api.get("/interactions", as_=bo).json["data"] == []
    assert api.patch(f"/people/{here['id']}", json={"owner_id": str(bo.id)}, if_match=1).status_code == 200
    assert api.get("/interactions", as_=ann).json["data"] == []
    assert len(api.get("/interactions", as_=bo).json["data"]) == 1


def test_a_touch_with_a_colleague_of_the_customer_is_warned_of(
    api: Any, user: Any, person: Any, colleague: Any
) -> None:
    li, wang = person(name="Li", company_name="Acme"), person(name="Wang", company_name="Acme")
    ann, bo = user(name="Ann"), user(name="Bo")
    colleague("Ann", id=ann.id)
    api.post("/interactions", json={"person_id": li["id"], "channel": "call"}, as_=ann)
    (warning,) = api.post("/interactions", json={"person_id": wang["id"], "channel": "visit"}, as_=bo).json["warnings"]
    assert (warning["same_person"], warning["author_id"]) == (False, str(ann.id))
    assert warning["message"] == "Ann was in touch with somebody of the same company by call already."
    else_ = person(name="Zhao")
    assert api.post("/interactions", json={"person_id": else_["id"], "channel": "call"}, as_=bo).json["warnings"] == []


def test_of_colleagues_at_once_all_but_the_first_are_warned(api: Any, user: Any, person: Any) -> None:
    people = [person(name=f"P{n}", company_name="Acme")["id"] for n in range(4)]
    callers = [user() for _ in people]
    responses = at_once(
        *[
            lambda p=p, c=c: api.post("/interactions", json={"person_id": p, "channel": "call"}, as_=c)
            for p, c in zip(people, callers, strict=True)
        ]
    )
    assert sorted(len(r.json["warnings"]) for r in responses) == [0, 1, 2, 3]


def test_all_who_took_part_have_it_on_their_timeline_also_after_a_merge(
    api: Any, person: Any, colleague: Any, outbox: Any
) -> None:
    li, wang, ren = person(name="Li")["id"], person(name="Wang")["id"], str(colleague())
    body = {"person_id": li, "person_ids": [wang, li], "user_ids": [ren], "channel": "meeting", "summary": "Plan"}
    made = api.post("/interactions", json=body).json
    assert (made["person_ids"], made["user_ids"]) == ([li, wang], [ren])
    assert outbox.one("interaction.logged").data["person_ids"] == [li, wang]
    for one in (li, wang):
        assert [e["title"] for e in api.get(f"/people/{one}/timeline?kind=interaction").json["data"]] == ["Plan"]
        assert [i["id"] for i in api.get(f"/people/{one}/interactions").json["data"]] == [made["id"]]
    api.patch(f"/interactions/{made['id']}", json={"summary": "Plans"}, if_match=made["version"])
    assert [e["title"] for e in api.get(f"/people/{wang}/timeline?kind=interaction").json["data"]] == ["Plans"]
    merged = api.post(f"/people/{li}/merge", json={"loser_id": wang}).json
    assert api.get(f"/interactions/{made['id']}").json["person_ids"] == [li]
    api.post(f"/merges/{merged['merges'][0]['id']}/unmerge")
    assert api.get(f"/interactions/{made['id']}").json["person_ids"] == [li, wang]


def test_a_next_step_becomes_a_task_with_it_or_not_at_all(api: Any, person: Any, outbox: Any, clock: Any) -> None:
    here = person()["id"]
    outbox_before = outbox.types()
    body = {"person_id": here, "channel": "call", "plan_task": True, "next_step": "Send the offer"}
    refused = api.post("/interactions", json=body)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/next_step_at")
    assert (outbox.types(), api.get("/interactions").json["data"]) == (outbox_before, [])
    made = api.post("/interactions", json=body | {"next_step_at": "2026-03-05T09:00:00Z"}).json
    task = api.get(f"/tasks/{made['task_id']}").json
    assert (task["title"], task["due_at"], task["person_id"]) == ("Send the offer", "2026-03-05T09:00:00Z", here)
    assert outbox.one("interaction.logged").data["task_id"] == task["id"]


def test_corrections_are_kept(api: Any, person: Any, outbox: Any) -> None:
    made = api.post("/interactions", json={"person_id": person()["id"], "channel": "call", "summary": "Rang"}).json
    one = f"/interactions/{made['id']}"
    same = api.patch(one, json={"summary": "Rang"}, if_match=1)
    assert (same.json["version"], outbox.types().count("interaction.corrected")) == (1, 0)
    api.patch(one, json={"summary": "Spoke", "duration_minutes": 5}, if_match=1)
    (correction,) = api.get(f"{one}/history").json["data"]
    assert correction["changes"] == {"summary": ["Rang", "Spoke"], "duration_minutes": [None, 5]}
    assert (correction["actor_id"], outbox.types().count("interaction.corrected")) == (str(api.default.id), 1)


def test_outcomes_are_free_until_some_are_set_up(api: Any, user: Any, person: Any) -> None:
    here = person()["id"]

    def log(outcome: str, channel: str = "call") -> Any:
        return api.post("/interactions", json={"person_id": here, "channel": channel, "outcome": outcome})

    assert log("whatever").status_code == 201
    admin = user(scopes="contacts:read contacts:write gateway:admin")
    made = api.post("/interaction-outcomes", json={"name": "reached", "channels": ["call"]}, as_=admin)
    assert made.status_code == 201, made.text
    again = api.post("/interaction-outcomes", json={"name": "reached"}, as_=admin)
    assert (again.status_code, again.json["code"]) == (409, "outcome_exists")
    assert api.post("/interaction-outcomes", json={"name": "x"}, as_=user()).status_code == 403
    refused = log("whatever")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "not_a_choice")
    assert [log("reached").status_code, log("whatever", "visit").status_code] == [201, 201]
    api.patch(f"/interaction-outcomes/{made.json['id']}", json={"active": False}, if_match=1, as_=admin)
    assert log("whatever").status_code == 201


def test_a_visit_is_logged_from_its_appointment_once(api: Any, person: Any, colleague: Any, clock: Any) -> None:
    li, wang = person(name="Li")["id"], person(name="Wang")["id"]
    times = {"starts_at": "2026-03-02T10:00:00Z", "ends_at": "2026-03-02T11:30:00Z"}
    body = {"title": "Demo", "person_id": li, "person_ids": [li, wang], **times}
    log = f"/appointments/{api.post('/appointments', json=body).json['id']}/log"
    assert api.post(log, json={}).json["code"] == "appointment_to_come"
    clock.advance(hours=3)
    responses = at_once(*[lambda: api.post(log, json={"outcome": "convinced"})] * 3)
    assert sorted(r.status_code for r in responses) == [201, 409, 409]
    made = next(r.json for r in responses if r.status_code == 201)
    assert (made["channel"], made["at"], made["duration_minutes"]) == ("visit", "2026-03-02T10:00:00Z", 90)
    assert (made["summary"], made["person_ids"], made["outcome"]) == ("Demo", [li, wang], "convinced")
