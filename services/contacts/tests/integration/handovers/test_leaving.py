"""Who leaves hands over to a deputy, or to whoever is named later."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7


def test_what_somebody_had_when_they_left_is_found(
    api: Any, world: Any, deliver: Any, tick: Any, run_jobs: Any
) -> None:
    world.leave(deliver)
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
    unknown = api.put(f"/deputies/{uuid7()}", json={"deputy_id": str(world.ann)})
    assert (unknown.status_code, unknown.json["errors"][0]["pointer"]) == (422, "/user_id")
    assert api.get("/deputies").json["data"] == []
    assert world.hand_over(to_user_id=None).status_code == 422
    assert api.put(path, json={"deputy_id": str(world.ann)}).status_code == 201
    changed = api.put(path, json={"deputy_id": str(world.bo)})
    assert (changed.status_code, changed.json["deputy_id"]) == (200, str(world.bo))
    assert api.get("/deputies", as_=boss).json["data"] == []
    world.leave(deliver)
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

    world.leave(deliver)
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
