"""What sales tells of a hundred leads at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import event as statements
from sqlalchemy import func, select

from chassis.ids import uuid7
from contacts.people.model import Person
from contacts.tasks.model import CancelledTask, Task
from contacts.timeline.model import TimelineEntry


def assigned(person_id: str, owner_id: object, team_id: object = None) -> dict[str, Any]:
    return {
        "lead_id": str(uuid7()), "person_id": person_id, "company_id": None, "status": "new", "source": "web_form",
        "campaign_id": None, "owner_id": str(owner_id), "team_id": team_id and str(team_id), "partner_id": None,
        "territory": None, "territory_id": None, "score": 50, "rule": {"strategy": "realigned"}, "sequence": 4,
    }  # fmt: skip


def planned(person_id: str, **more: Any) -> dict[str, Any]:
    return {
        "task_id": str(uuid7()), "lead_id": str(uuid7()), "person_id": person_id, "owner_id": str(uuid7()),
        "title": "Second contact with a lead", "due_at": "2026-03-09T09:00:00+00:00", "step": 2, "sequence": 4,
    } | more  # fmt: skip


def together(name: str, *states: dict[str, Any]) -> dict[str, Any]:
    return {"batch_id": str(uuid7()), name: list(states)}


def test_customers_who_are_nobody_s_get_the_owners_of_their_leads(
    api: Any, deliver: Any, person: Any, colleague: Any, outbox: Any
) -> None:
    team, gone = uuid7(), str(uuid7())
    ann, bo = colleague("Ann", team_id=team), colleague("Bo")
    free, merged_away, mine = person(owner_id=None), person(owner_id=None), person(owner_id=str(bo))
    survivor = person(owner_id=None)
    api.post(f"/people/{survivor['id']}/merge", json={"loser_ids": [merged_away["id"]]})
    leads = [assigned(one, ann) for one in (free["id"], merged_away["id"], mine["id"], gone, free["id"])]
    before = len(outbox.types())
    told = deliver("sales", "leads.assigned", together("leads", *leads, assigned(free["id"], bo)))
    deliver.again(told)
    now = [api.get(f"/people/{one['id']}").json for one in (free, survivor, mine)]
    assert [one["owner_id"] for one in now] == [str(ann), str(ann), str(bo)]
    assert [one["team_id"] for one in now[:2]] == [str(team)] * 2
    assert outbox.types()[before:] == ["people.changed"]
    changed = {one.data["person_id"]: one.sequence for one in outbox.each("people.changed", "people", "person_id")}
    assert changed == {one["id"]: one["version"] for one in now[:2]}
    entries = [one["title"] for one in api.get(f"/people/{free['id']}/timeline").json["data"]]
    assert entries.count("Lead assigned") == 3  # one of each lead
    history = api.get(f"/people/{free['id']}/owners").json["data"]
    assert [(one["to_owner_id"], one["why"]) for one in history[:1]] == [(str(ann), "lead.assigned")]


def test_tasks_are_made_and_cancelled_by_the_hundred_each_once(
    api: Any, deliver: Any, person: Any, colleague: Any, outbox: Any, database: Any
) -> None:
    here, ann = person(), colleague("Ann", team_id=uuid7())
    first, second, unknown = planned(here["id"], owner_id=str(ann)), planned(here["id"]), planned(str(uuid7()))
    early = planned(here["id"])
    over = {name: early[name] for name in ("task_id", "lead_id")} | {"state": "cancelled", "sequence": 5}
    deliver("sales", "followups.cancelled", together("followups", over))
    before = len(outbox.types())
    made = together("followups", first, second, unknown, early)
    deliver.again(deliver("sales", "followups.planned", made))
    deliver("sales", "followups.planned", made)
    assert outbox.types()[before:] == ["tasks.created"]
    created = {one["task_id"]: one for one in outbox.one("tasks.created").data["tasks"]}
    assert set(created) == {one["task_id"] for one in (first, second, unknown)}
    shown = api.get(f"/tasks/{first['task_id']}").json
    assert (shown["title"], shown["state"], shown["due_at"]) == (first["title"], "open", "2026-03-09T09:00:00Z")
    assert [shown[name] for name in ("person_id", "lead_id", "owner_id")] == [here["id"], first["lead_id"], str(ann)]
    assert created[first["task_id"]]["sequence"] == shown["version"] == 1
    assert api.get(f"/tasks/{unknown['task_id']}").json["person_id"] is None
    assert api.get(f"/tasks/{early['task_id']}").status_code == 404
    assert [one["id"] for one in api.get("/tasks?q=second contact&limit=9").json["data"]].count(first["task_id"]) == 1
    api.post(f"/tasks/{second['task_id']}/complete", json={})
    ended = [{name: one[name] for name in ("task_id", "lead_id")} | {"state": "cancelled", "sequence": 5}
             for one in (first, second, planned(here["id"]))]  # fmt: skip
    cancelled = together("followups", *ended)
    deliver.again(deliver("sales", "followups.cancelled", cancelled))
    deliver("sales", "followups.cancelled", cancelled)
    assert outbox.types().count("task.cancelled") == 0
    (told,) = outbox.each("tasks.cancelled", "tasks", "task_id")
    now = api.get(f"/tasks/{first['task_id']}").json
    assert (told.data["task_id"], told.data["state"], told.sequence) == (first["task_id"], "cancelled", now["version"])
    assert (now["state"], api.get(f"/tasks/{second['task_id']}").json["state"]) == ("cancelled", "done")
    with database.reading() as session:
        entry = session.get_one(TimelineEntry, UUID(first["task_id"]))
        assert (entry.type, entry.person_id) == ("task.cancelled", UUID(here["id"]))
        assert session.scalar(select(func.count()).select_from(CancelledTask)) == 2


def test_a_hundred_are_taken_by_a_few_statements(api: Any, deliver: Any, person: Any, database: Any) -> None:
    people, counts = [person(owner_id=None)["id"] for _ in range(20)], []
    for many in (2, 20):
        leads = [assigned(one, uuid7()) for one in people[:many]]
        tasks = [planned(one) for one in people[:many]]
        ended = [
            {"task_id": one["task_id"], "lead_id": one["lead_id"], "state": "cancelled", "sequence": 5} for one in tasks
        ]
        said: list[str] = []
        count = lambda *a, s=said: s.append(a[2])  # noqa: E731
        statements.listen(database.engine, "before_cursor_execute", count)
        deliver("sales", "leads.assigned", together("leads", *leads))
        deliver("sales", "followups.planned", together("followups", *tasks))
        deliver("sales", "followups.cancelled", together("followups", *ended))
        statements.remove(database.engine, "before_cursor_execute", count)
        counts.append(len(said))
        with database.transaction() as session:
            assert session.scalar(select(func.count()).where(Task.state == "cancelled")) in (many, 22)
            for one in session.scalars(select(Person)):
                one.owner_id = None
    assert counts[1] <= counts[0] + 1, counts


def test_leads_that_fell_asleep_or_went_into_a_pool_together_stand_on_the_timelines(
    api: Any, deliver: Any, person: Any
) -> None:
    ada, bo = person()["id"], person()["id"]
    leads = [assigned(one, uuid7()) for one in (ada, bo)]
    deliver.again(deliver("sales", "leads.dormant", together("leads", *leads)))
    deliver("sales", "leads.reclaimed", together("leads", *leads))
    for one in (ada, bo):
        titles = [entry["title"] for entry in api.get(f"/people/{one}/timeline").json["data"]]
        assert [title for title in titles if title.startswith("Lead")] == [
            "Lead put into a public pool", "Lead fell silent"
        ]  # fmt: skip
