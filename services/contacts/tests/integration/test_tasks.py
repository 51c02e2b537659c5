"""Tasks: by hand, from sales, due and overdue."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once
from contacts.tasks import followups


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
        ({"due_at": "0001-01-01T00:00:00Z", "remind_before": [15]}, "/due_at"),
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


def test_a_follow_up_that_a_talk_was_is_a_completed_task(api: Any, deliver: Any, person: Any, outbox: Any) -> None:
    task_id, lead_id = str(uuid7()), str(uuid7())
    deliver("sales", "followup.planned", planned(task_id, person()))
    for _ in range(2):
        deliver("sales", "followup.cancelled", {"task_id": task_id, "lead_id": lead_id, "state": "done"})
    made = api.get(f"/tasks/{task_id}").json
    assert (made["state"], made["completed_by"]) == ("done", None)
    assert made["completed_at"] is not None
    assert [type_ for type_ in outbox.types() if type_ in ("task.completed", "task.cancelled")] == ["task.completed"]


def test_cancelled_before_planned_stays_cancelled(api: Any, deliver: Any, person: Any, outbox: Any) -> None:
    here, task_id = person(), str(uuid7())
    deliver("sales", "followup.cancelled", {"task_id": task_id, "lead_id": str(uuid7())})
    deliver("sales", "followup.planned", planned(task_id, here))
    assert api.get(f"/tasks/{task_id}").status_code == 404
    assert "task.created" not in outbox.types()


def test_planned_and_cancelled_at_once_is_cancelled(
    api: Any, deliver: Any, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, task_id = person(), str(uuid7())
    made, over, tell = threading.Event(), threading.Event(), followups.tell_made

    def pauses(session: Any, task: Any) -> None:
        tell(session, task)
        made.set()
        over.wait(0.5)  # long enough for whoever does not wait for this transaction

    def cancel() -> None:
        assert made.wait(10)
        deliver("sales", "followup.cancelled", {"task_id": task_id, "lead_id": str(uuid7())})
        over.set()

    monkeypatch.setattr(followups, "tell_made", pauses)
    at_once(lambda: deliver("sales", "followup.planned", planned(task_id, here)), cancel)
    assert api.get(f"/tasks/{task_id}").json["state"] == "cancelled"


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


DAILY = {"rule": "FREQ=DAILY", "time_zone": "America/New_York"}


def of_series(api: Any, made: Any) -> list[tuple[str, str]]:
    found = api.get(f"/tasks?series_id={made['series_id']}&sort=due_at").json["data"]
    return [(t["due_at"], t["state"]) for t in found]


def test_the_next_of_a_series_is_made_when_one_is_done_or_its_time_comes(
    api: Any, task: Any, tick: Any, clock: Any, outbox: Any
) -> None:
    made = task(due_at="2026-03-07T14:00:00Z", recurrence=DAILY)  # nine in New York, summer time begins the day after
    assert of_series(api, made) == [("2026-03-07T14:00:00Z", "open")]
    responses = at_once(*[lambda: api.post(f"/tasks/{made['id']}/complete", json={})] * 4)
    assert sorted(r.status_code for r in responses) == [200, 409, 409, 409]
    assert of_series(api, made)[1:] == [("2026-03-08T13:00:00Z", "open")]
    tick("recur")
    assert len(of_series(api, made)) == 2
    clock.set(datetime(2026, 3, 9, 9, tzinfo=UTC))
    tick("recur")
    tick("recur")
    assert of_series(api, made)[1:] == [("2026-03-08T13:00:00Z", "open"), ("2026-03-09T13:00:00Z", "open")]
    assert outbox.types().count("task.created") == 3
    late = api.get(f"/tasks?series_id={made['series_id']}&due_at__lt=2026-03-09T00:00:00Z&state=open").json["data"]
    api.post(f"/tasks/{late[0]['id']}/cancel")  # not the latest: nothing follows
    assert len(of_series(api, made)) == 3


def test_who_is_far_behind_gets_no_more_until_one_is_done(api: Any, task: Any, tick: Any, clock: Any) -> None:
    made = task(due_at="2026-03-03T09:00:00Z", recurrence={"rule": "FREQ=DAILY"})
    for _ in range(15):
        clock.advance(days=1)
        tick("recur")
    assert len(of_series(api, made)) == 10
    clock.set(datetime(2026, 3, 20, 10, tzinfo=UTC))
    api.post(f"/tasks/{made['id']}/complete", json={})
    assert of_series(api, made)[-1] == ("2026-03-21T09:00:00Z", "open")
    assert len(of_series(api, made)) == 11


def test_a_series_ends_with_its_count(api: Any, task: Any) -> None:
    made = task(due_at="2026-03-31T09:00:00Z", recurrence={"rule": "FREQ=MONTHLY;COUNT=2", "time_zone": "UTC"})
    for _ in range(2):
        (now,) = api.get(f"/tasks?series_id={made['series_id']}&state=open").json["data"]
        api.post(f"/tasks/{now['id']}/complete", json={})
    assert of_series(api, made) == [("2026-03-31T09:00:00Z", "done"), ("2026-05-31T09:00:00Z", "done")]
    assert api.get(f"/task-series/{made['series_id']}").json["next_at"] is None


@pytest.mark.parametrize(
    ("recurrence", "pointer", "code"),
    [
        ({"rule": "FREQ=HOURLY"}, "/recurrence/rule", "too_frequent"),
        ({"rule": "FREQ=DAILY;BYHOUR=1,2"}, "/recurrence/rule", "too_frequent"),
        ({"rule": "every day"}, "/recurrence/rule", "invalid_rule"),
        ({"rule": "FREQ=DAILY;COUNT=0"}, "/recurrence/rule", "invalid_rule"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "/recurrence/rule", "not_first"),
        ({"rule": "FREQ=WEEKLY;BYDAY=TU"}, "/recurrence/rule", "not_first"),
        ({"rule": "FREQ=DAILY", "time_zone": "Mars/Base"}, "/time_zone", "unknown_time_zone"),
    ],
)
def test_bad_rules_are_refused(api: Any, outbox: Any, recurrence: Any, pointer: str, code: str) -> None:
    body = {"title": "Call", "due_at": "2026-03-05T09:00:00Z", "recurrence": recurrence}
    response = api.post("/tasks", json=body)
    error = response.json["errors"][0]
    assert (response.status_code, error["pointer"], error["code"]) == (422, pointer, code)
    assert (outbox.types(), api.get("/task-series").json["data"]) == ([], [])


@pytest.mark.parametrize("due_at", ["9999-12-31T23:59:59Z", "2200-01-01T09:00:00Z", "1600-12-31T09:00:00Z"])
def test_what_comes_again_does_not_begin_beyond_the_years_of_calendars(api: Any, outbox: Any, due_at: str) -> None:
    recurrence = {"rule": "FREQ=WEEKLY;COUNT=3", "time_zone": "Europe/Berlin"}
    response = api.post("/tasks", json={"title": "Call", "due_at": due_at, "recurrence": recurrence})
    error = response.json["errors"][0]
    assert (response.status_code, error["pointer"], error["code"]) == (422, "/recurrence/rule", "out_of_range")
    assert (outbox.types(), api.get("/task-series").json["data"]) == ([], [])


def test_this_one_this_and_following_and_the_whole_series(api: Any, task: Any, outbox: Any) -> None:
    made = task(due_at="2026-03-03T09:00:00Z", recurrence={"rule": "FREQ=DAILY;COUNT=5", "time_zone": "UTC"})
    one = f"/tasks/{made['id']}"
    only = api.patch(one, json={"title": "Just today"}, if_match=made["version"]).json
    assert api.get(f"/task-series/{made['series_id']}").json["title"] == "Call back"
    api.post(f"{one}/complete", json={})
    (second,) = api.get(f"/tasks?series_id={made['series_id']}&state=open").json["data"]
    assert (only["title"], second["title"]) == ("Just today", "Call back")
    body = {"title": "Write", "due_at": "2026-03-04T10:00:00Z", "priority": "high"}
    changed = api.post(f"/tasks/{second['id']}/following", json=body)
    assert changed.status_code == 200, changed.text
    series = api.get(f"/task-series/{made['series_id']}").json
    assert (series["title"], series["next_at"]) == ("Write", "2026-03-05T10:00:00Z")
    assert series["rule"] == "FREQ=DAILY;COUNT=4"
    ruled = api.post(f"/tasks/{second['id']}/following", json={"rule": "FREQ=WEEKLY"}).json
    assert ruled["due_at"] == "2026-03-04T10:00:00Z"
    assert api.get(f"/task-series/{made['series_id']}").json["next_at"] == "2026-03-11T10:00:00Z"
    bad = api.post(f"/tasks/{second['id']}/following", json={"rule": "FREQ=WEEKLY;BYDAY=MO"})
    assert (bad.status_code, bad.json["errors"][0]["pointer"]) == (422, "/rule")
    cancel = f"/task-series/{made['series_id']}/cancel"
    assert sorted(r.status_code for r in at_once(*[lambda: api.post(cancel)] * 3)) == [200, 409, 409]
    assert of_series(api, made) == [("2026-03-03T09:00:00Z", "done"), ("2026-03-04T10:00:00Z", "cancelled")]
    assert outbox.types().count("task.cancelled") == 1
    alone = task()
    assert api.post(f"/tasks/{alone['id']}/following", json={"title": "x"}).json["code"] == "not_recurring"


def test_reminders_come_before_it_is_due_and_once(api: Any, task: Any, tick: Any, clock: Any, outbox: Any) -> None:
    made = task(due_at="2026-03-02T12:00:00Z", remind_before=[60, 30, 60 * 24])  # a day before has passed
    clock.advance(hours=2)
    tick("remind")
    tick("remind")
    assert [e.data["minutes_before"] for e in outbox.events("task.reminder")] == [60]
    api.patch(
        f"/tasks/{made['id']}",
        json={"due_at": "2026-03-02T15:00:00Z"},
        if_match=api.get(f"/tasks/{made['id']}").json["version"],
    )
    clock.advance(hours=1)
    tick("remind")
    assert len(outbox.events("task.reminder")) == 1
    clock.advance(hours=2)
    tick("remind")
    assert [e.data["minutes_before"] for e in outbox.events("task.reminder")] == [60, 60]
    api.post(f"/tasks/{made['id']}/complete", json={})
    clock.advance(hours=2)
    tick("remind")
    assert (len(outbox.events("task.reminder")), len(outbox.events("task.due"))) == (2, 0)


def test_what_is_long_overdue_is_escalated_once(
    api: Any, task: Any, tick: Any, clock: Any, outbox: Any, colleague: Any
) -> None:
    boss = str(colleague("Boss"))
    made = task(due_at="2026-03-02T12:00:00Z", escalate_after=60, escalate_to=boss)
    clock.advance(hours=3.5)
    tick("remind")
    assert outbox.types().count("task.escalated") == 0
    clock.advance(hours=1)
    tick("remind")
    tick("remind")
    event = outbox.one("task.escalated")
    assert (event.data["escalate_to"], event.data["priority"]) == (boss, "high")
    assert api.get(f"/tasks/{made['id']}").json["priority"] == "high"
    refused = api.post("/tasks", json={"title": "x", "due_at": "2026-03-05T09:00:00Z", "escalate_to": str(uuid7())})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/escalate_to")


def test_many_are_completed_at_once_and_twice_is_once(api: Any, task: Any, user: Any, outbox: Any) -> None:
    tasks = [task()["id"] for _ in range(3)] + [task(recurrence={"rule": "FREQ=DAILY", "time_zone": "UTC"})["id"]]
    api.post(f"/tasks/{tasks[0]}/cancel")
    body = {"ids": [*tasks, str(uuid7())], "outcome": "cleared"}
    responses = at_once(*[lambda: api.post("/tasks/complete", json=body)] * 3)
    assert sorted(len(r.json["completed"]) for r in responses) == [0, 0, 3]
    assert outbox.types().count("task.completed") == 3
    first = next(r.json for r in responses if r.json["completed"])
    assert sorted(p["code"] for p in first["passed"]) == ["not_found", "task_cancelled"]
    mine = task()["id"]
    other = api.post("/tasks/complete", json={"ids": [mine]}, as_=user(reach="own")).json
    assert (other["completed"], other["passed"]) == ([], [{"id": mine, "code": "not_found"}])


def test_the_overdue_are_counted_by_owner_within_reach(
    api: Any, task: Any, clock: Any, colleague: Any, user: Any
) -> None:
    ren = colleague("Ren")
    for _ in range(2):
        task(owner_id=str(ren))
    task()
    clock.advance(days=2)
    counts = api.get("/tasks/overdue/owners").json["data"]
    assert [(c["owner_id"], c["name"], c["overdue"]) for c in counts] == [
        (str(ren), "Ren", 2), (str(api.default.id), None, 1),
    ]  # fmt: skip
    own = api.get("/tasks/overdue/owners", as_=user(reach="own", id=ren)).json["data"]
    assert [c["overdue"] for c in own] == [2]


def test_who_gets_a_task_is_told(api: Any, task: Any, outbox: Any, colleague: Any) -> None:
    made, ren = task(), str(colleague())
    api.patch(f"/tasks/{made['id']}", json={"owner_id": ren}, if_match=made["version"])
    event = outbox.one("task.assigned")
    assert (event.data["owner_id"], event.data["from_owner_id"]) == (ren, str(api.default.id))


def test_what_sales_plans_is_titled_in_the_language_of_its_owner(
    api: Any, deliver: Any, colleague: Any, outbox: Any
) -> None:
    words = {"en": "First contact with a new lead", "zh": "首次联系新线索"}
    due = {"due_at": "2026-03-04T09:00:00+00:00", "title": words["en"], "titles": words, "lead_id": str(uuid7()),
           "person_id": None, "step": 1}  # fmt: skip
    owners = [
        colleague("Lin", locale="zh-CN"),
        colleague("Ann", locale="en-GB"),
        colleague("Max", locale="de"),
        uuid7(),
    ]
    told = [due | {"task_id": str(uuid7()), "owner_id": str(owner)} for owner in owners]
    deliver("sales", "followup.planned", told[0])
    deliver("sales", "followups.planned", {"followups": [one | {"sequence": 1} for one in told[1:]]})
    titles = [api.get(f"/tasks/{one['task_id']}").json["title"] for one in told]
    assert titles == [words["zh"], words["en"], words["en"], words["en"]]
    assert outbox.one("task.created").data["title"] == words["zh"]
    assert [one["id"] for one in api.get("/tasks?q=首次联系").json["data"]] == [told[0]["task_id"]]
    yue = str(colleague("Yue", locale="zh-Hant-TW"))
    later = due | {"task_id": str(uuid7()), "user_id": yue, "state": "waiting", "kind": "quote",
                   "record_id": str(uuid7()), "number": "QU-1", "deal_id": None}  # fmt: skip
    words = {"en": "Approve quote QU-1", "zh": "请审批报价 QU-1"}
    deliver("sales", "approval.requested", later | {"title": words["en"], "titles": words})
    assert api.get(f"/tasks/{later['task_id']}").json["title"] == words["zh"]


def test_who_is_asked_for_a_yes_has_a_task_until_they_said_it(api: Any, deliver: Any) -> None:
    task_id, user_id = str(uuid7()), str(uuid7())
    about = {"task_id": task_id, "user_id": user_id, "kind": "quote", "record_id": str(uuid7()), "number": "QU-1",
             "deal_id": str(uuid7()), "step": 1}  # fmt: skip
    told = {"state": "waiting", "title": "Approve quote QU-1", "titles": {}, "due_at": "2026-03-04T09:00:00+00:00",
            "role": None, "stands_in_for": None}  # fmt: skip
    for _ in range(2):
        deliver("sales", "approval.requested", about | told)
    (made,) = api.get("/tasks").json["data"]
    assert (made["id"], made["owner_id"], made["title"]) == (task_id, user_id, "Approve quote QU-1")
    assert (made["state"], made["deal_id"]) == ("open", about["deal_id"])
    for _ in range(2):
        deliver("sales", "approval.settled", about | {"state": "decided"})
    assert api.get(f"/tasks/{task_id}").json["state"] == "done"
    late = about | {"task_id": str(uuid7())}
    deliver("sales", "approval.settled", late | {"state": "ended"})
    deliver("sales", "approval.requested", late | told)
    assert [one["id"] for one in api.get("/tasks").json["data"]] == [task_id]
