"""A lead lives through its cadence on a set clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from chassis import clock as business
from chassis.ids import uuid7


@pytest.fixture
def talk(deliver):
    """Lets contacts tell of an interaction."""

    def tell(lead: dict[str, Any], *, named: bool = True, **changes: Any):
        data = {
            "interaction_id": str(uuid7()), "person_id": lead["person_id"], "company_id": None, "deal_id": None,
            "lead_id": lead["id"] if named else None, "ticket_id": None, "channel": "call", "direction": "out",
            "outcome": None, "at": business.now().isoformat(), "author_id": None,
        }  # fmt: skip
        return deliver("contacts", "interaction.logged", data | changes)

    return tell


def planned(api, lead) -> list[tuple[int, str, datetime]]:
    steps = api.get(f"/leads/{lead['id']}/follow-ups").json["data"]
    return [(step["step"], step["state"], datetime.fromisoformat(step["due_at"])) for step in steps]


def test_a_quarter_in_the_life_of_a_lead(api, clock, outbox, rep, new_lead, talk, tick) -> None:
    start = clock.instant
    ann = rep("Ann")
    lead = new_lead()

    def status() -> str:
        tick("silence")
        return api.get(f"/leads/{lead['id']}").json["status"]

    def day(number: int) -> None:
        clock.set(start)
        clock.advance(days=number)

    def days(of: datetime) -> float:
        return (of - start).total_seconds() / 86400

    assert [(step, state, days(due)) for step, state, due in planned(api, lead)] == [
        (1, "planned", 3),
        (2, "planned", 7),
    ]
    told = outbox.events("followup.planned")
    assert [(event.data["step"], event.data["owner_id"]) for event in told] == [(1, str(ann)), (2, str(ann))]
    assert {event.subject for event in told} == {f"leads/{lead['id']}"}

    day(2)
    talk(lead)
    assert [(step, state, days(due)) for step, state, due in planned(api, lead)] == [
        (1, "done", 3),
        (2, "cancelled", 7),
        (2, "planned", 9),
    ]
    assert status() == "following"

    day(8)
    talk(lead)
    assert planned(api, lead)[-1][1] == "done"
    assert "planned" not in [state for _, state, _ in planned(api, lead)]
    assert outbox.events("lead.followed")[1].data["interaction_id"]

    day(37)
    assert status() == "following"
    day(39)
    assert status() == "dormant"
    assert outbox.one("lead.dormant").data["status"] == "dormant"
    assert status() == "dormant"

    day(60)
    talk(lead)
    assert status() == "following"
    assert [(step, days(due)) for step, state, due in planned(api, lead) if state == "planned"] == [(2, 67)]

    day(91)
    assert status() == "dormant"
    assert len(outbox.events("lead.dormant")) == 2
    open_tasks = {event.data["task_id"] for event in outbox.events("followup.planned")}
    assert open_tasks == {event.data["task_id"] for event in outbox.events("followup.cancelled")}


def test_a_lead_that_nobody_follows_sleeps_after_a_month(api, clock, outbox, rep, new_lead, tick) -> None:
    rep()
    lead = new_lead()
    clock.advance(days=30)
    tick("silence")
    assert api.get(f"/leads/{lead['id']}").json["status"] == "new"
    clock.advance(seconds=1)
    tick("silence")
    assert api.get(f"/leads/{lead['id']}").json["status"] == "dormant"
    assert [event.data["state"] for event in outbox.events("followup.cancelled")] == [
        "cancelled",
        "cancelled",
    ]


def test_an_interaction_twice_late_and_out_of_order(api, clock, outbox, deliver, rep, new_lead, talk) -> None:
    rep()
    lead = new_lead()
    clock.advance(days=2)
    event = talk(lead)
    deliver.again(event)
    before = api.get(f"/leads/{lead['id']}").json
    talk(lead, at=(clock.instant.replace(day=3)).isoformat())
    assert api.get(f"/leads/{lead['id']}").json == before
    assert before["follow_step"] == 1
    assert len(outbox.events("lead.followed")) == 1


def test_only_talking_to_somebody_is_a_follow_up(api, outbox, rep, new_lead, talk) -> None:
    rep()
    lead = new_lead()
    for channel in ("note", "form"):
        talk(lead, channel=channel)
    assert api.get(f"/leads/{lead['id']}").json["follow_step"] == 0
    assert outbox.events("lead.followed") == []


def test_an_interaction_with_the_person_breaks_the_silence_only(api, clock, outbox, rep, new_lead, talk, tick) -> None:
    rep()
    lead = new_lead()
    clock.advance(days=29)
    talk(lead, named=False)
    clock.advance(days=29)
    tick("silence")
    seen = api.get(f"/leads/{lead['id']}").json
    assert (seen["status"], seen["follow_step"]) == ("new", 0)
    assert outbox.one("lead.touched").data["submission_id"] is None


def test_an_interaction_with_a_closed_or_unknown_lead_changes_nothing(api, outbox, new_lead, talk) -> None:
    lead = new_lead()
    api.post(f"/leads/{lead['id']}/lose", json={"reason": "no need"})
    before = api.get(f"/leads/{lead['id']}").json
    talk(lead)
    talk({"id": str(uuid7()), "person_id": str(uuid7())})
    assert api.get(f"/leads/{lead['id']}").json == before
    assert outbox.types() == ["lead.created", "lead.lost"]


def test_a_new_owner_begins_where_the_cadence_stands(api, clock, rep, new_lead, talk) -> None:
    ann, bo = rep("Ann"), rep("Bo")
    lead = new_lead(owner_id=str(ann))
    clock.advance(days=1)
    talk(lead)
    clock.advance(days=1)
    api.post(f"/leads/{lead['id']}/assign", json={"owner_id": str(bo)})
    left = [(step, (due - clock.instant).days) for step, state, due in planned(api, lead) if state == "planned"]
    assert left == [(2, 7)]
