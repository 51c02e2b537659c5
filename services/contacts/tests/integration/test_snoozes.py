"""Reminders that are put off: none before, one then, each for themselves, also after a crash."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.testing import at_once

NINE = "2026-03-05T09:00:00Z"


@pytest.fixture(autouse=True)
def now(clock: Any) -> None:
    clock.set(datetime(2026, 3, 5, 8, tzinfo=UTC))


@pytest.fixture
def task(api: Any) -> Any:
    return api.post("/tasks", json={"title": "Call", "due_at": NINE, "remind_before": [30, 10]}).json


@pytest.fixture
def ring(tick: Any, clock: Any, outbox: Any) -> Any:
    """What is sent when it is that time: the minutes that are left, and to whom."""

    def at(time: str, type_: str = "task.reminder") -> list[tuple[int, Any]]:
        before = len(outbox.events(type_))
        clock.set(datetime.fromisoformat(f"2026-03-05T{time}:00+00:00"))
        tick("remind")
        tick("remind")
        return [(e.data["minutes_before"], e.data.get("remind_user_ids")) for e in outbox.events(type_)[before:]]

    return at


def snooze(api: Any, one: str, time: str, as_: Any = "default") -> Any:
    return api.post(f"/{one}/snooze", json={"until": f"2026-03-05T{time}:00Z"}, as_=as_)


def test_a_task_is_reminded_of_then_and_not_before(api: Any, task: Any, ring: Any, outbox: Any) -> None:
    one, me = f"tasks/{task['id']}", str(api.default.id)
    assert ring("08:30") == [(30, None)]
    told = snooze(api, one, "08:55")
    assert (told.status_code, told.json["until"], told.json["user_id"]) == (200, "2026-03-05T08:55:00Z", me)
    assert ring("08:50") == [], "the one of ten minutes before is put off, too"
    snooze(api, one, "08:57")
    assert (ring("08:56"), ring("08:57")) == ([], [(3, [me])])
    assert outbox.events("task.reminder")[-1].data["snoozed"] is True
    snooze(api, one, "10:00")
    api.post(f"/{one}/complete", json={})
    assert ring("10:00") == []
    assert snooze(api, one, "11:00").json["code"] == "task_done"


def test_of_an_appointment_each_is_reminded_for_themselves(
    api: Any, ring: Any, user: Any, colleague: Any, outbox: Any
) -> None:
    me, ren = str(api.default.id), user(id=colleague("Ren"))
    body = {"title": "Demo", "starts_at": NINE, "ends_at": "2026-03-05T10:00:00Z", "remind_before": [15]}
    made = api.post("/appointments", json=body | {"user_ids": [me, str(ren.id)]}).json
    one = f"appointments/{made['id']}"
    assert snooze(api, one, "08:50", as_=ren).status_code == 200
    assert ring("08:45", "appointment.reminder") == [(15, [me])]
    assert ring("08:50", "appointment.reminder") == [(10, [str(ren.id)])]
    assert snooze(api, one, "09:30", as_=user(id=colleague("Wu"))).json["code"] == "not_attending"
    snooze(api, one, "09:30", as_=ren)
    api.post(f"/{one}/answer", json={"answer": "declined"}, as_=ren)
    snooze(api, one, "09:30")
    assert ring("09:30", "appointment.reminder") == [(0, [me])]
    snooze(api, one, "09:45")
    api.post(f"/{one}/cancel")
    assert ring("09:45", "appointment.reminder") == []
    assert snooze(api, one, "09:55").json["code"] == "appointment_cancelled"


def test_after_a_crash_it_is_sent_once(api: Any, task: Any, ring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    snooze(api, f"tasks/{task['id']}", "08:40")
    with monkeypatch.context() as dies:
        dies.setattr("sqlalchemy.orm.Session.delete", lambda *_: 1 / 0)  # behind the event, before its row is gone
        with pytest.raises(ZeroDivisionError):
            ring("08:40")
    assert [minutes for minutes, _ in ring("08:41")] == [30, 19]
    assert ring("08:42") == []


def test_twice_at_once_is_one_reminder(api: Any, task: Any, ring: Any) -> None:
    answers = at_once(*[lambda: snooze(api, f"tasks/{task['id']}", "08:20")] * 4)
    assert [one.status_code for one in answers] == [200] * 4
    assert len(ring("08:20")) == 1


@pytest.mark.parametrize("until", ["2026-03-05T08:00:00Z", "2026-04-03T08:00:00Z", "2026-03-05T08:30:00", "soon", None])
def test_a_bad_time_is_refused(api: Any, task: Any, ring: Any, until: str | None) -> None:
    response = api.post(f"/tasks/{task['id']}/snooze", json={"until": until})
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, "/until")


def test_only_what_is_within_reach(api: Any, task: Any, user: Any) -> None:
    other = user(reach="own")
    assert snooze(api, f"tasks/{task['id']}", "08:30", as_=other).status_code == 404
