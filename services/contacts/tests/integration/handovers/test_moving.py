"""All that is a colleague's passes to others, once, whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7


def test_everything_moves_once_with_its_history(api: Any, world: Any, run_jobs: Any, outbox: Any) -> None:
    planned = world.hand_over(dry_run=True)
    all_ = {"companies": 1, "people": 3, "tasks": 1, "appointments": 1}
    none = dict.fromkeys(("task_series", "appointment_series", "grants"), 0)
    assert (planned.status_code, planned.json["state"], planned.json["moved"]) == (200, "planned", all_ | none)
    assert world.owners() == [str(world.gone)] * 3
    assert outbox.events("handover.requested") == []
    started, again = world.hand_over(), world.hand_over()
    assert (started.status_code, again.status_code) == (202, 200)
    assert started.json["id"] == again.json["id"]
    assert world.hand_over(to_user_id=str(world.bo)).json["code"] == "hand_over_running"
    run_jobs()
    done = api.get(f"/hand-overs/{started.json['id']}").json
    assert (done["state"], done["moved"], done["outstanding"]) == ("waiting", all_, ["sales", "service-desk"])
    assert world.owners() == [str(world.ann)] * 3
    assert api.get(f"/companies/{world.company['id']}").json["owner_id"] == str(world.ann)
    assert api.get(f"/tasks/{world.task['id']}").json["owner_id"] == str(world.ann)
    assert api.get(f"/appointments/{world.met['id']}").json["user_ids"] == [str(world.ann)]
    assert api.get("/interactions").json["data"][0]["owner_id"] == str(world.ann)
    assert api.get(f"/people/{world.other['id']}").json["owner_id"] == world.other["owner_id"]
    history = api.get(f"/people/{world.people[0]['id']}/owners").json["data"]
    assert [(row["from_owner"], row["to_owner"], row["why"]) for row in history] == [
        ("Gone", "Ann", "Left us"), (None, "Gone", "created (api)")]  # fmt: skip
    assert history[0]["hand_over_id"] == started.json["id"]
    assert history[0]["by_id"] == str(api.default.id)
    told = [event for event in outbox.events("contact.updated") if event.data["owner_id"] == str(world.ann)]
    assert [event.sequence for event in told] == [2, 2, 2]
    before = len(outbox.events())
    assert world.hand_over().status_code == 202  # again: nothing more to do
    run_jobs()
    assert [event.type for event in outbox.events()[before:]] == ["handover.requested"]


def test_it_is_split_in_turn_or_by_team(api: Any, world: Any, run_jobs: Any) -> None:
    assert world.hand_over(to_user_id=str(uuid7())).json["errors"][0]["code"] == "unknown_reference"
    assert world.hand_over(to_user_id=str(world.gone)).json["errors"][0]["code"] == "self_reference"
    assert world.hand_over(to_user_ids=[str(world.ann)]).status_code == 422
    assert world.owners() == [str(world.gone)] * 3
    team = str(uuid7())
    path = f"/people/{world.people[1]['id']}"
    assert api.patch(path, json={"team_id": team}, if_match=1).status_code == 200
    body = {"from_user_id": str(world.gone), "to_user_ids": [str(world.ann), str(world.bo)], "reason": "x"}
    assert api.post("/hand-overs", json=body | {"by_team": {team: str(world.bo)}, "include": ["people"]}).json["id"]
    run_jobs()
    assert world.owners() == [str(world.ann), str(world.bo), str(world.bo)]
    assert api.get(f"/companies/{world.company['id']}").json["owner_id"] == str(world.gone)


def test_a_worker_that_dies_is_followed_by_one_that_moves_the_rest(
    world: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch, api: Any, clock: Any
) -> None:
    monkeypatch.setattr("contacts.handovers.moving.BATCH", 1)
    made = world.hand_over().json
    from contacts.handovers import job

    calls, real = [], job.move

    def dies(*args: Any) -> int:
        calls.append(args)
        if len(calls) == 3:
            raise OSError("killed")
        return real(*args)

    monkeypatch.setattr(job, "move", dies)
    run_jobs()
    assert api.get(f"/hand-overs/{made['id']}").json["moved"] == {"companies": 1}
    clock.advance(minutes=10)
    run_jobs()
    assert world.owners() == [str(world.ann)] * 3
