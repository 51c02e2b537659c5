"""All that is a colleague's passes to others, once, whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.testing import faults_of

WRITE = "contacts:read contacts:write sales:write service-desk:write"


@pytest.fixture
def api(api: Any, user: Any) -> Any:
    """Calls as somebody who may change what is in the other services, too."""
    api.default = user(scopes=WRITE, name="Admin")
    return api


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


def test_nobody_hands_over_who_is_not_known(api: Any, world: Any, deliver: Any, outbox: Any) -> None:
    unknown, before = uuid7(), outbox.types()
    for more in ({}, {"dry_run": True}, {"include": ["sales"]}):
        refused = world.hand_over(from_user_id=str(unknown), **more)
        assert faults_of(refused) == [("/from_user_id", "unknown_reference")]
    assert (outbox.types(), api.get("/hand-overs").json["data"], api.get("/jobs").json["data"]) == (before, [], [])
    leave(deliver, world)
    assert world.hand_over().status_code == 202


def test_who_works_before_the_news_of_them_has_come_hands_over(api: Any, world: Any, user: Any) -> None:
    early = user(scopes=WRITE)
    assert world.hand_over(from_user_id=str(early.id)).status_code == 422
    api.post("/people", json={"name": "Li", "email": "li@example.cn"}, as_=early)
    made = world.hand_over(from_user_id=str(early.id), dry_run=True)
    assert (made.status_code, made.json["moved"]["people"]) == (200, 1)


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


def answer(deliver: Any, made: Any, service: str, **moved: int) -> Any:
    data = {"hand_over_id": made["id"], "from_user_id": made["from_user_id"], "moved": moved}
    return deliver(service, "handover.moved", data, subject=f"hand-overs/{made['id']}")


def standing(api: Any, made: Any) -> tuple[Any, ...]:
    seen = api.get(f"/hand-overs/{made['id']}").json
    said = {one["service"]: (one["state"], one["moved"], one["asked_at"]) for one in seen["services"]}
    return seen["state"], seen["ended_at"], said


def test_it_is_done_when_every_service_has_said_what_it_moved(
    api: Any, world: Any, deliver: Any, run_jobs: Any, clock: Any, outbox: Any
) -> None:
    made = world.hand_over().json
    asked = made["services"][0]["asked_at"]
    clock.advance(minutes=5)
    deliver.again(answer(deliver, made, "sales", leads=2))
    answer(deliver, made, "sales", leads=9)  # the first answer counts
    open_ = {"sales": ("answered", {"leads": 2}, asked), "service-desk": ("outstanding", {}, asked)}
    assert standing(api, made) == ("running", None, open_)
    run_jobs()
    assert standing(api, made) == ("waiting", None, open_)
    assert [one["id"] for one in api.get("/hand-overs?state=waiting").json["data"]] == [made["id"]]
    assert outbox.events("handover.completed") == []
    clock.advance(minutes=5)
    deliver.again(answer(deliver, made, "service-desk", tickets=4))
    state, ended, said = standing(api, made)
    assert (state, said["service-desk"][:2]) == ("done", ("answered", {"tickets": 4}))
    assert (ended is not None, api.get(f"/hand-overs/{made['id']}").json["outstanding"]) == (True, [])
    completed = outbox.one("handover.completed").data
    assert completed["elsewhere"] == {"sales": {"leads": 2}, "service-desk": {"tickets": 4}}


def test_where_all_have_answered_before_it_is_done_with_the_last_of_contacts(
    api: Any, world: Any, deliver: Any, run_jobs: Any, outbox: Any
) -> None:
    made = world.hand_over().json
    for service in ("sales", "service-desk"):
        answer(deliver, made, service)
    alone = world.hand_over(from_user_id=str(world.bo), include=["people"]).json
    assert (outbox.events("handover.completed"), alone["services"]) == ([], [])
    run_jobs()
    assert [standing(api, one)[0] for one in (made, alone)] == ["done", "done"]
    assert len(outbox.events("handover.completed")) == 2


def test_who_has_not_answered_is_asked_again_once_a_day(
    api: Any, world: Any, run_jobs: Any, tick: Any, clock: Any, outbox: Any, deliver: Any
) -> None:
    made = world.hand_over().json
    run_jobs()
    for hours, times in ((23, 1), (1, 2), (23, 2), (1, 3)):
        clock.advance(hours=hours)
        tick("outstanding_hand_overs")
        asked = outbox.events("handover.requested")
        assert len(asked) == times
        assert {event.data["hand_over_id"] for event in asked} == {made["id"]}
    for service in ("sales", "service-desk"):
        answer(deliver, made, service)
    clock.advance(days=2)
    tick("outstanding_hand_overs")
    assert len(outbox.events("handover.requested")) == 3


def test_it_is_seen_by_who_may_give_and_by_whom_it_concerns(api: Any, world: Any, user: Any, colleague: Any) -> None:
    team, other = uuid7(), uuid7()
    his = str(colleague("His", team_id=team))
    lead, mate = uuid7(), uuid7()
    made = world.hand_over(from_user_id=his, by_team={str(other): str(world.bo)}).json
    read, sells = "contacts:read", "contacts:read contacts:write sales:read sales:write"
    rep = {"reach": "own", "reaches": {"contacts": "all", "service-desk": "all"}}
    boss = {"reach": "team", "reaches": {"contacts": "all"}}
    seen = {
        "who gives": user(scopes=read, id=his, **rep), "who gets": user(scopes=read, id=world.ann, reach="own"),
        "who gets a team's": user(scopes=read, id=world.bo), "who asked": user(scopes=read, id=api.default.id, **rep),
        "their manager": user(scopes=sells, id=lead, team_id=team, **boss),
        "an administrator": user(scopes=f"{read} gateway:admin"),
    }  # fmt: skip
    unseen = {
        "a colleague": user(scopes=sells, id=mate, team_id=team, **rep),
        "an analyst": user(scopes=f"{read} sales:read"),
        "another's manager": user(scopes=sells, team_id=other, **boss),
        "a partner": user(reach="partner", partner_id=uuid7()),
    }  # fmt: skip
    path = f"/hand-overs/{made['id']}"
    assert {who: api.get(path, as_=caller).status_code for who, caller in seen.items()} == dict.fromkeys(seen, 200)
    assert {who: api.get(path, as_=caller).status_code for who, caller in unseen.items()} == dict.fromkeys(unseen, 404)
    assert [api.get("/hand-overs", as_=caller).json["data"] for caller in unseen.values()] == [[]] * len(unseen)


def test_a_colleague_without_a_team_of_their_own_hands_over_nothing(
    api: Any, world: Any, user: Any, outbox: Any
) -> None:
    rep = user(scopes="contacts:read contacts:write sales:write", reach="own", reaches={"contacts": "all"})
    for more in ({"include": ["people"]}, {"include": ["people"], "dry_run": True}, {}):
        body = {"from_user_id": str(world.gone), "to_user_id": str(world.ann), "reason": "x"} | more
        refused = api.post("/hand-overs", json=body, as_=rep)
        assert (refused.status_code, refused.json["code"]) == (403, "not_a_manager")
    assert world.owners() == [str(world.gone)] * 3
    assert outbox.events("handover.requested") == []


def test_only_who_reaches_all_hands_over(api: Any, world: Any, user: Any) -> None:
    body = {"from_user_id": str(world.gone), "to_user_id": str(world.ann), "reason": "x"}
    for caller in (user(reach="own"), user(reach="team", team_id=uuid7()), user(reach="partner", partner_id=uuid7())):
        assert api.post("/hand-overs", json=body, as_=caller).status_code == 403
        assert api.get("/hand-overs", as_=caller).json["data"] == []
    assert world.owners() == [str(world.gone)] * 3


def test_what_is_in_another_service_is_handed_over_by_who_may_change_it_there(
    api: Any, world: Any, user: Any, colleague: Any, outbox: Any
) -> None:
    team = uuid7()
    here = {"reach": "own", "reaches": {"contacts": "all", "service-desk": "all"}}
    rep, reader = user(scopes=WRITE, **here), user(scopes="contacts:read contacts:write service-desk:read", **here)
    boss = user(scopes=WRITE, reach="team", reaches={"contacts": "all"}, team_id=team)
    mine, his = str(colleague("Mine", team_id=team)), str(colleague("His", team_id=team))

    def ask(caller: Any, include: list[str], from_: str = his, to: str = mine) -> Any:
        body = {"from_user_id": from_, "to_user_id": to, "reason": "x", "include": include}
        return api.post("/hand-overs", json=body, as_=caller)

    for caller, service in ((rep, "sales"), (reader, "service-desk"), (reader, "sales")):
        refused = ask(caller, ["people", service])
        assert (refused.status_code, refused.json["code"]) == (403, "not_a_manager")
        assert service in refused.json["detail"]
    for refused in (ask(boss, ["sales"], to=str(world.ann)), ask(boss, ["sales"], from_=str(world.gone))):
        assert refused.status_code == 403
        assert "`include`" in refused.json["detail"]
    refused = api.put(f"/deputies/{his}", json={"deputy_id": mine}, as_=rep)
    assert (refused.status_code, "include" in refused.json["detail"]) == (403, False)
    assert outbox.events("handover.requested") == []
    assert [ask(rep, ["people"]).status_code, ask(boss, ["sales"], from_=mine, to=his).status_code] == [202, 202]
    assert api.put(f"/deputies/{his}", json={"deputy_id": mine}, as_=boss).status_code == 201


def leave(deliver: Any, world: Any, sequence: int = 2) -> None:
    data = {
        "user_id": str(world.gone), "roles": [], "active": False, "region": None, "partner_id": None, "team_id": None,
    }  # fmt: skip
    deliver("gateway", "user.deactivated", data, personal={"name": "Gone", "email": "g@x.example"}, sequence=sequence,
            subject=f"users/{world.gone}")  # fmt: skip


@pytest.fixture
def lasting(api: Any, world: Any) -> Any:
    """What lasts: a series of tasks, one of appointments, two grants of which the taker has the second already."""
    his = {"owner_id": str(world.gone)}
    rule = {"rule": "FREQ=WEEKLY", "time_zone": "UTC"}
    task = api.post("/tasks", json={"title": "W", "due_at": "2027-01-01T00:00:00Z", "recurrence": rule} | his)
    span = {"starts_at": "2027-01-04T09:00:00Z", "ends_at": "2027-01-04T10:00:00Z", "time_zone": "UTC"}
    weekly = {"recurrence": {"rule": "FREQ=WEEKLY"}}
    met = api.post("/appointments", json={"title": "S"} | span | weekly | his)
    assert (task.status_code, met.status_code) == (201, 201), (task.text, met.text)
    path = f"/people/{world.other['id']}/collaborators"
    company = f"/companies/{world.company['id']}/collaborators"
    first = api.post(path, json={"user_id": str(world.gone), "access": "write"}).json
    second = api.post(company, json={"user_id": str(world.gone), "access": "read"}).json
    api.post(company, json={"user_id": str(world.ann), "access": "write"})
    return {"task": task.json, "met": met.json, "grants": (path, company), "ids": (first["id"], second["id"])}


def shared(api: Any, path: str) -> list[tuple[str, str]]:
    return [(one["user_id"], one["access"]) for one in api.get(path).json["data"]]


def test_series_and_grants_pass_on_too(
    api: Any, world: Any, lasting: Any, run_jobs: Any, outbox: Any, session: Any
) -> None:
    from contacts.calendar.model import AppointmentSeries
    from contacts.tasks.model import TaskSeries

    made = world.hand_over()
    run_jobs()
    moved = api.get(f"/hand-overs/{made.json['id']}").json["moved"]
    assert (moved["task_series"], moved["appointment_series"], moved["grants"]) == (1, 1, 2)
    (tasks,), (met,) = session.query(TaskSeries).all(), session.query(AppointmentSeries).all()
    assert (tasks.owner_id, met.owner_id, met.user_ids) == (world.ann, world.ann, [world.ann])
    person, company = lasting["grants"]
    assert shared(api, person) == [(str(world.ann), "write")]
    assert shared(api, company) == [(str(world.ann), "write")]
    assert outbox.one("collaborator.revoked").data["collaborator_id"] == lasting["ids"][1]
    told = outbox.events("collaborator.granted")[-1].data
    assert (told["collaborator_id"], told["user_id"]) == (lasting["ids"][0], str(world.ann))


def test_who_leaves_with_a_deputy_hands_over_once(
    api: Any, world: Any, lasting: Any, deliver: Any, tick: Any, run_jobs: Any, user: Any, outbox: Any
) -> None:
    path = f"/deputies/{world.gone}"
    boss = user(reach="team", team_id=uuid7())
    assert api.put(path, json={"deputy_id": str(world.bo)}, as_=boss).status_code == 403
    assert api.put(path, json={"deputy_id": str(world.gone)}).json["errors"][0]["code"] == "self_reference"
    assert api.put(path, json={"deputy_id": str(uuid7())}).json["errors"][0]["code"] == "unknown_reference"
    assert world.hand_over(to_user_id=None).status_code == 422
    assert api.put(path, json={"deputy_id": str(world.ann)}).status_code == 201
    changed = api.put(path, json={"deputy_id": str(world.bo)})
    assert (changed.status_code, changed.json["deputy_id"]) == (200, str(world.bo))
    assert api.get("/deputies", as_=boss).json["data"] == []
    leave(deliver, world)
    tick("release")
    tick("release")  # it runs: nothing is taken off meanwhile
    assert world.owners() == [str(world.gone)] * 3
    run_jobs()
    tick("release")
    tick("release")
    assert world.owners() == [str(world.bo)] * 3
    assert shared(api, lasting["grants"][0]) == [(str(world.bo), "write")]
    asked = outbox.one("handover.requested").data
    assert (asked["to_user_ids"], asked["requested_by"]) == ([str(world.bo)], None)
    history = api.get(f"/people/{world.people[0]['id']}/owners").json["data"]
    assert history[0]["why"] == "user_left: to the deputy"
    assert api.delete(path).status_code == 204
    assert api.delete(path).status_code == 404


def test_the_deputy_of_a_deputy_who_left_and_nobody_in_a_circle(
    api: Any, world: Any, deliver: Any, run_jobs: Any, colleague: Any
) -> None:
    late = colleague("Late")
    for user_id, deputy in ((world.gone, late), (late, world.bo)):
        assert api.put(f"/deputies/{user_id}", json={"deputy_id": str(deputy)}).status_code == 201
    left = {"user_id": str(late), "roles": [], "active": False, "region": None, "partner_id": None, "team_id": None}
    deliver("gateway", "user.deactivated", left, personal={"name": "L", "email": None}, sequence=2,
            subject=f"users/{late}")  # fmt: skip
    by_default = api.post("/hand-overs", json={"from_user_id": str(world.gone), "reason": "x"})
    assert (by_default.status_code, by_default.json["to_user_ids"]) == (202, [str(world.bo)])
    run_jobs()
    assert world.owners() == [str(world.bo)] * 3
    assert api.put(f"/deputies/{world.bo}", json={"deputy_id": str(world.gone)}).status_code == 201
    nobody = api.post("/hand-overs", json={"from_user_id": str(late), "reason": "x", "include": ["people"]})
    assert nobody.json["to_user_ids"] == [str(world.bo)]


def test_without_a_deputy_what_lasts_is_nobodys_and_grants_end(
    api: Any, world: Any, lasting: Any, deliver: Any, tick: Any, run_jobs: Any, session: Any, outbox: Any
) -> None:
    from contacts.calendar.model import AppointmentSeries
    from contacts.tasks.model import TaskSeries

    leave(deliver, world)
    tick("release")
    tick("release")
    (tasks,), (met,) = session.query(TaskSeries).all(), session.query(AppointmentSeries).all()
    assert (tasks.owner_id, met.owner_id) == (None, None)
    assert api.get(f"/appointments/{world.met['id']}").json["owner_id"] is None
    assert shared(api, lasting["grants"][0]) == []
    assert len(outbox.events("collaborator.revoked")) == 2
    world.hand_over()  # found all the same
    run_jobs()
    session.expire_all()
    assert (tasks.owner_id, met.owner_id) == (world.ann, world.ann)
    assert api.get(f"/appointments/{world.met['id']}").json["owner_id"] == str(world.ann)
