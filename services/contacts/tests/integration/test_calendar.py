"""Appointments: who is busy, conflicts also at once, free/busy, and the feed that calendars read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from chassis.ids import uuid7
from chassis.testing import at_once
from contacts.staff.model import StaffMember

DAY = "2026-03-05"


@pytest.fixture
def meet(api: Any) -> Any:
    """Posts an appointment of March 5th, hours in UTC: `meet(9, 10, user_ids=[...])`; the response."""

    def post(start: float = 9, end: float = 10, _as: Any = "default", **data: Any) -> Any:
        body = {"title": "Demo", "starts_at": at(start), "ends_at": at(end)} | data
        return api.post("/appointments", json=body, as_=_as)

    return post


def at(hour: float) -> str:
    return f"{DAY}T{int(hour):02}:{int(hour % 1 * 60):02}:00Z"


def test_an_appointment_is_made_read_moved_and_cancelled(
    api: Any, meet: Any, person: Any, colleague: Any, outbox: Any
) -> None:
    here, ren = person(), str(colleague())
    response = meet(place="3F", person_id=here["id"], person_ids=[here["id"]], user_ids=[str(api.default.id), ren])
    made = response.json
    assert response.status_code == 201, response.text
    assert (made["time_zone"], made["state"], made["forced"]) == ("Asia/Shanghai", "scheduled", False)
    assert made["user_ids"] == sorted([str(api.default.id), ren])
    (entry,) = api.get(f"/people/{here['id']}/timeline?kind=appointment").json["data"]
    assert (entry["type"], entry["title"]) == ("appointment.scheduled", "Demo")
    one = f"/appointments/{made['id']}"
    titled = api.patch(one, json={"title": "Talk"}, if_match=made["version"]).json
    assert outbox.types().count("appointment.moved") == 0
    moved = api.patch(
        one, json={"starts_at": at(9.5), "ends_at": at(11), "user_ids": [ren]}, if_match=titled["version"]
    )
    assert moved.json["user_ids"] == [ren]
    (event,) = outbox.events("appointment.moved")
    assert event.data["changed"] == ["starts_at", "ends_at", "user_ids"]
    assert event.data["removed_user_ids"] == [str(api.default.id)]
    assert event.data["from_starts_at"] == f"{DAY}T09:00:00+00:00"
    assert api.patch(one, json={"title": "Late"}, if_match=made["version"]).status_code == 412
    assert sorted(r.status_code for r in at_once(*[lambda: api.post(f"{one}/cancel")] * 3)) == [200, 409, 409]
    assert outbox.types().count("appointment.cancelled") == 1
    current = api.get(one).json
    assert api.patch(one, json={"title": "No"}, if_match=current["version"]).json["code"] == "appointment_cancelled"
    assert [a["id"] for a in api.get(f"/appointments?starts_at__gte={DAY}T00:00:00Z&state=cancelled").json["data"]] == [
        made["id"]
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"starts_at": "2026-03-05T09:00:00"}, "/starts_at"),
        ({"ends_at": at(8.9)}, "/ends_at"),
        ({"ends_at": at(9), "all_day": True}, "/ends_at"),
        ({"ends_at": "2036-03-25T09:00:00Z"}, "/ends_at"),
        ({"starts_at": "1899-12-31T09:00:00Z"}, "/starts_at"),
        ({"starts_at": "9999-12-31T09:00:00Z", "ends_at": "9999-12-31T10:00:00Z"}, "/starts_at"),
        ({"time_zone": "Asia/Shenzhen"}, "/time_zone"),
        ({"user_ids": []}, "/user_ids"),
        ({"user_ids": ["019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"]}, "/user_ids/0"),
        ({"person_ids": ["019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"]}, "/person_ids/0"),
        ({"company_id": "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"}, "/company_id"),
    ],
)
def test_bad_appointments_are_refused(api: Any, meet: Any, outbox: Any, change: dict[str, Any], pointer: str) -> None:
    response = meet(**change)
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer)
    assert (outbox.types(), api.get("/appointments").json["data"]) == ([], [])


def test_an_overlap_is_refused_by_name_unless_forced(api: Any, meet: Any, colleague: Any, outbox: Any) -> None:
    ren = str(colleague("Ren"))
    first = meet(9, 10, title="Visit", user_ids=[ren]).json
    refused = meet(9.5, 11, user_ids=[str(api.default.id), ren])
    assert (refused.status_code, refused.json["code"]) == (409, "appointment_conflict")
    (conflict,) = refused.json["conflicts"]
    assert (conflict["name"], conflict["title"], conflict["appointment_id"]) == ("Ren", "Visit", first["id"])
    assert (conflict["starts_at"], outbox.types().count("appointment.scheduled")) == (f"{DAY}T09:00:00Z", 1)
    after = meet(10, 11, user_ids=[ren]).json  # what ends as another starts does not overlap it
    one = f"/appointments/{after['id']}"
    back = {"starts_at": at(9.5), "ends_at": at(10.5)}
    assert api.patch(one, json=back, if_match=after["version"]).status_code == 409
    assert api.get(one).json["starts_at"].startswith(f"{DAY}T10:00")
    forced = api.patch(one, json=back | {"force": True}, if_match=after["version"])
    assert (forced.status_code, forced.json["forced"]) == (200, True)
    api.post(f"/appointments/{first['id']}/cancel")
    assert meet(9, 9.5, user_ids=[ren]).status_code == 201


def test_who_does_not_reach_an_appointment_learns_only_its_time(meet: Any, user: Any, colleague: Any) -> None:
    ren = str(colleague())
    meet(title="Secret", user_ids=[ren])
    conflict = meet(_as=user(reach="own"), user_ids=[ren]).json["conflicts"][0]
    assert (conflict["user_id"], conflict["title"]) == (ren, None)


def test_of_overlapping_ones_at_once_one_is_made(api: Any, meet: Any, colleague: Any, outbox: Any) -> None:
    ren, li = str(colleague("Ren")), str(colleague("Li"))
    pairs = [[ren, li], [li, ren]] * 4
    responses = at_once(*[lambda i=i, p=p: meet(9 + i / 16, 11, user_ids=p) for i, p in enumerate(pairs)])
    assert sorted(r.status_code for r in responses) == [201] + [409] * 7
    assert outbox.types() == ["appointment.scheduled"]
    apart = [meet(12 + i, 13 + i, user_ids=[ren]).json for i in range(4)]
    to = {"starts_at": at(20), "ends_at": at(21)}
    moves = at_once(*[lambda a=a: api.patch(f"/appointments/{a['id']}", json=to, if_match=a["version"]) for a in apart])
    assert sorted(r.status_code for r in moves) == [200, 409, 409, 409]


def test_free_and_busy_of_a_team(api: Any, meet: Any, colleague: Any, user: Any) -> None:
    team = uuid7()
    ren, li = str(colleague("Ren", team_id=team)), str(colleague("Li", team_id=team))
    meet(9, 10, user_ids=[ren])
    meet(9.5, 11, user_ids=[ren], force=True)
    meet(11, 12, user_ids=[li])
    asked = f"/calendar/busy?team_id={team}&from={at(8)}&to={at(13)}"
    answer = api.get(asked).json
    spans = {
        one["name"]: [(s["starts_at"][11:16], s["ends_at"][11:16]) for s in one["busy"]] for one in answer["users"]
    }
    assert spans == {"Li": [("11:00", "12:00")], "Ren": [("09:00", "11:00")]}
    free = [(s["starts_at"][11:16], s["ends_at"][11:16]) for s in answer["all_free"]]
    assert free == [("08:00", "09:00"), ("12:00", "13:00")]
    assert api.get(asked, as_=user(reach="partner", partner_id=uuid7())).status_code == 403
    assert api.get(f"/calendar/busy?from={at(13)}&to={at(8)}").json["errors"][0]["pointer"] == "/to"


def test_a_feed_is_read_by_its_link_until_that_is_void(
    api: Any, meet: Any, clock: Any, colleague: Any, session: Any
) -> None:
    clock.set(datetime(2026, 3, 1, tzinfo=UTC))
    colleague("Admin", id=api.default.id)
    made = meet(1, 2, title="演示; 第一次, 很长" * 6, place="深圳", note="line\nline").json
    gone = meet(3, 4, title="Gone").json
    api.post(f"/appointments/{gone['id']}/cancel")
    meet(5, 6, title="Not mine", user_ids=[str(colleague())])
    first = api.post("/calendar/feed").json
    response = api.get(first["path"], as_=None)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    read = Calendar.from_ical(response.data)
    demo, cancelled = read.walk("VEVENT")
    assert (str(demo["summary"]), str(demo["location"])) == (made["title"], "深圳")
    assert (demo.decoded("dtstart"), demo["dtstart"].params["TZID"]) == (
        datetime(2026, 3, 5, 1, tzinfo=UTC), "Asia/Shanghai",
    )  # fmt: skip
    assert (str(demo["uid"]), str(cancelled["status"])) == (f"{made['id']}@quintet", "CANCELLED")
    assert [str(zone["tzid"]) for zone in read.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    second = api.post("/calendar/feed").json
    assert api.get(first["path"], as_=None).status_code == 404
    assert api.get(second["path"], as_=None).status_code == 200
    session.get(StaffMember, api.default.id).active = False
    session.commit()
    assert api.get(second["path"], as_=None).status_code == 404
    assert api.get("/calendar/feed").json["active"] is True
    assert [api.delete("/calendar/feed").status_code for _ in range(2)] == [204, 204]
    assert api.get("/calendar/feed").json == {"active": False, "created_at": None}


def test_a_merge_takes_appointments_along_and_an_unmerge_gives_them_back(api: Any, meet: Any, person: Any) -> None:
    keep, lose = person(email="a@example.com")["id"], person(email="b@example.com")["id"]
    made = meet(person_id=lose, person_ids=[keep, lose]).json
    merged = api.post(f"/people/{keep}/merge", json={"loser_id": lose}).json
    now = api.get(f"/appointments/{made['id']}").json
    assert (now["person_id"], now["person_ids"]) == (keep, [keep])
    api.post(f"/merges/{merged['merges'][0]['id']}/unmerge")
    then = api.get(f"/appointments/{made['id']}").json
    assert (then["person_id"], then["person_ids"]) == (lose, sorted([keep, lose]))
