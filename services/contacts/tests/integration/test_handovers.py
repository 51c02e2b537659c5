"""All that is a colleague's passes to others, once, whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7


@pytest.fixture
def world(api: Any, colleague: Any, person: Any, user: Any) -> Any:
    """A colleague who has three people, a company, a task and an appointment, and two who could take them."""

    class World:
        def __init__(self) -> None:
            self.gone, self.bo = colleague("Gone"), colleague("Bo")
            self.ann = colleague("Ann", team_id=uuid7())
            his = {"owner_id": str(self.gone)}
            self.people = [person(name=f"P{i}", email=f"p{i}@example.com", **his) for i in range(3)]
            self.company = api.post("/companies", json={"name": "Acme"} | his).json
            self.task = api.post("/tasks", json={"title": "T", "due_at": "2027-01-01T00:00:00Z"} | his).json
            span = {"starts_at": "2027-01-01T09:00:00Z", "ends_at": "2027-01-01T10:00:00Z", "time_zone": "UTC"}
            self.met = api.post("/appointments", json={"title": "M"} | span | his).json
            self.other = person(name="Other")
            api.post("/interactions", json={"person_id": self.people[0]["id"], "channel": "call", "summary": "Hi"})

        def hand_over(self, **more: Any) -> Any:
            body = {"from_user_id": str(self.gone), "to_user_id": str(self.ann), "reason": "Left us"} | more
            return api.post("/hand-overs", json=body)

        def owners(self) -> list[str]:
            return [api.get(f"/people/{one['id']}").json["owner_id"] for one in self.people]

    return World()


def test_everything_moves_once_with_its_history(api: Any, world: Any, run_jobs: Any, outbox: Any) -> None:
    planned = world.hand_over(dry_run=True)
    all_ = {"companies": 1, "people": 3, "tasks": 1, "appointments": 1}
    assert (planned.status_code, planned.json["state"], planned.json["moved"]) == (200, "planned", all_)
    assert world.owners() == [str(world.gone)] * 3
    assert outbox.events("handover.requested") == []
    started, again = world.hand_over(), world.hand_over()
    assert (started.status_code, again.status_code) == (202, 200)
    assert started.json["id"] == again.json["id"]
    assert world.hand_over(to_user_id=str(world.bo)).json["code"] == "hand_over_running"
    run_jobs()
    done = api.get(f"/hand-overs/{started.json['id']}").json
    assert (done["state"], done["moved"], done["outstanding"]) == ("done", all_, ["sales", "service-desk"])
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
    assert [event.type for event in outbox.events()[before:]] == ["handover.requested", "handover.completed"]


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


def test_what_somebody_had_when_they_left_is_found(
    api: Any, world: Any, deliver: Any, tick: Any, run_jobs: Any
) -> None:
    data = {
        "user_id": str(world.gone),
        "roles": [],
        "active": False,
        "region": None,
        "partner_id": None,
        "team_id": None,
    }
    deliver("gateway", "user.deactivated", data, personal={"name": "Gone", "email": "g@x.example"}, sequence=2,
            subject=f"users/{world.gone}")  # fmt: skip
    tick("release")
    tick("release")
    assert world.owners() == [None] * 3
    taken = api.patch(f"/people/{world.people[2]['id']}", json={"owner_id": str(world.bo)}, if_match=2)
    assert taken.status_code == 200
    world.hand_over()
    run_jobs()
    assert world.owners() == [str(world.ann), str(world.ann), str(world.bo)]
    history = api.get(f"/people/{world.people[0]['id']}/owners").json["data"]
    assert [row["why"] for row in history] == ["Left us", "user_left", "created (api)"]


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


def test_other_services_say_what_they_moved(api: Any, world: Any, deliver: Any) -> None:
    made = world.hand_over().json
    data = {"hand_over_id": made["id"], "from_user_id": str(world.gone), "moved": {"leads": 2}}
    event = deliver("sales", "handover.moved", data)
    deliver.again(event)
    seen = api.get(f"/hand-overs/{made['id']}").json
    assert (seen["elsewhere"]["sales"]["moved"], seen["outstanding"]) == ({"leads": 2}, ["service-desk"])


def test_only_who_reaches_all_hands_over(api: Any, world: Any, user: Any) -> None:
    body = {"from_user_id": str(world.gone), "to_user_id": str(world.ann), "reason": "x"}
    for caller in (user(reach="own"), user(reach="team", team_id=uuid7()), user(reach="partner", partner_id=uuid7())):
        assert api.post("/hand-overs", json=body, as_=caller).status_code == 403
        assert api.get("/hand-overs", as_=caller).json["data"] == []
    assert world.owners() == [str(world.gone)] * 3
