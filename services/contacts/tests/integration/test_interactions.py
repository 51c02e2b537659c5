"""Interactions, and the warning about a colleague."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.ids import uuid7


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
