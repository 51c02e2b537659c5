"""Tasks: by hand, from sales, due and overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once


@pytest.fixture
def task(api: Any, clock: Any) -> Any:
    def make(**data: Any) -> Any:
        body = {"title": "Call back", "due_at": (clock.instant + timedelta(days=1)).isoformat()} | data
        response = api.post("/tasks", json=body)
        assert response.status_code == 201, response.text
        return response.json

    return make


def planned(task_id: str, person: Any, **more: Any) -> dict[str, Any]:
    return {
        "task_id": task_id, "lead_id": str(uuid7()), "person_id": person["id"], "owner_id": str(uuid7()),
        "title": "First contact", "due_at": "2026-03-05T09:00:00Z", "step": 1,
    } | more  # fmt: skip


def test_a_task_is_planned_and_completed_once(api: Any, task: Any, person: Any, outbox: Any) -> None:
    here = person()
    made = task(person_id=here["id"])
    assert (made["state"], made["priority"], made["owner_id"]) == ("open", "normal", str(api.default.id))
    responses = at_once(
        *[lambda: api.post(f"/tasks/{made['id']}/complete", json={"outcome": "reached"}) for _ in range(5)]
    )
    assert sorted(r.status_code for r in responses) == [200, 409, 409, 409, 409]
    assert outbox.types().count("task.completed") == 1
    done = api.get(f"/tasks/{made['id']}").json
    assert (done["state"], done["outcome"], done["completed_by"]) == ("done", "reached", str(api.default.id))
    assert api.post(f"/tasks/{made['id']}/cancel").json["code"] == "task_done"
    (entry,) = api.get(f"/people/{here['id']}/timeline?kind=task").json["data"]
    assert (entry["type"], entry["title"]) == ("task.completed", "Call back")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": " "}, "/title"),
        ({"due_at": None}, "/due_at"),
        ({"due_at": "tomorrow"}, "/due_at"),
        ({"due_at": "2026-03-05T09:00:00"}, "/due_at"),
        ({"priority": "urgent"}, "/priority"),
        ({"person_id": "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"}, "/person_id"),
    ],
)
def test_bad_tasks_are_refused(api: Any, outbox: Any, change: dict[str, Any], pointer: str) -> None:
    response = api.post("/tasks", json={"title": "Call", "due_at": "2026-03-05T09:00:00Z"} | change)
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer)
    assert outbox.types() == []


def test_what_is_due_is_reminded_of_once_per_due_time(api: Any, task: Any, tick: Any, clock: Any, outbox: Any) -> None:
    made = task()
    task(title="Later", due_at=(clock.instant + timedelta(days=9)).isoformat())
    tick("remind")
    assert outbox.types().count("task.due") == 0
    clock.advance(days=2)
    tick("remind")
    tick("remind")
    assert [e.data["task_id"] for e in outbox.events("task.due")] == [made["id"]]
    version = api.get(f"/tasks/{made['id']}").json["version"]
    moved = {"due_at": (clock.instant + timedelta(days=1)).isoformat()}
    assert api.patch(f"/tasks/{made['id']}", json=moved, if_match=version).json["reminded_at"] is None
    clock.advance(days=2)
    tick("remind")
    assert len(outbox.events("task.due")) == 2


def test_the_overdue_list_is_of_open_tasks_of_an_owner(api: Any, task: Any, clock: Any) -> None:
    late, later = task(title="late"), task(title="later", due_at=(clock.instant + timedelta(hours=30)).isoformat())
    done, someone = task(title="done"), str(uuid7())
    task(title="else's", owner_id=someone)
    api.post(f"/tasks/{done['id']}/complete", json={})
    clock.advance(hours=36)
    mine = f"/tasks/overdue?owner_id={api.default.id}"
    assert [t["id"] for t in api.get(mine).json["data"]] == [late["id"], later["id"]]
    first = api.get(mine + "&limit=1").json
    assert [t["id"] for t in api.get(f"{mine}&limit=1&cursor={first['next_cursor']}").json["data"]] == [later["id"]]
    assert len(api.get("/tasks/overdue").json["data"]) == 3
    assert api.get("/tasks/overdue?state=open").status_code == 400


def test_sales_plans_a_task_under_its_own_id(api: Any, deliver: Any, person: Any, outbox: Any) -> None:
    here, task_id = person(), str(uuid7())
    data = planned(task_id, here)
    event = deliver("sales", "followup.planned", data)
    deliver.again(event)
    deliver("sales", "followup.planned", data)
    made = api.get(f"/tasks/{task_id}").json
    assert (made["source"], made["lead_id"], made["owner_id"]) == ("followup", data["lead_id"], data["owner_id"])
    assert outbox.types().count("task.created") == 1
    deliver("sales", "followup.cancelled", {"task_id": task_id, "lead_id": data["lead_id"]})
    deliver("sales", "followup.cancelled", {"task_id": task_id, "lead_id": data["lead_id"]})
    assert api.get(f"/tasks/{task_id}").json["state"] == "cancelled"
    assert outbox.types().count("task.cancelled") == 1


def test_cancelled_before_planned_stays_cancelled(api: Any, deliver: Any, person: Any, outbox: Any) -> None:
    here, task_id = person(), str(uuid7())
    deliver("sales", "followup.cancelled", {"task_id": task_id, "lead_id": str(uuid7())})
    deliver("sales", "followup.planned", planned(task_id, here))
    assert api.get(f"/tasks/{task_id}").status_code == 404
    assert "task.created" not in outbox.types()


def test_a_done_follow_up_is_not_cancelled(api: Any, deliver: Any, person: Any) -> None:
    task_id = str(uuid7())
    deliver("sales", "followup.planned", planned(task_id, person()))
    api.post(f"/tasks/{task_id}/complete", json={})
    deliver("sales", "followup.cancelled", {"task_id": task_id, "lead_id": str(uuid7())})
    assert api.get(f"/tasks/{task_id}").json["state"] == "done"


def test_a_follow_up_for_somebody_unknown_is_still_a_task(api: Any, deliver: Any) -> None:
    task_id = str(uuid7())
    deliver("sales", "followup.planned", planned(task_id, {"id": str(uuid7())}))
    assert api.get(f"/tasks/{task_id}").json["person_id"] is None
