"""Appointments that come again and again: conflicts, exceptions, this and following, the clock, the feed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from chassis.testing import at_once

WEEKLY = "FREQ=WEEKLY;BYDAY=TH"


@pytest.fixture
def weekly(api: Any, clock: Any) -> Any:
    """Posts an appointment of Thursday, March 5th, 09:00 to 10:00 in Berlin, each week; the response."""

    def post(rule: str = WEEKLY, _as: Any = "default", **data: Any) -> Any:
        body = {
            "title": "Jour fixe", "starts_at": "2026-03-05T08:00:00Z", "ends_at": "2026-03-05T09:00:00Z",
            "time_zone": "Europe/Berlin", "recurrence": {"rule": rule},
        } | data  # fmt: skip
        return api.post("/appointments", json=body, as_=_as)

    return post


@pytest.fixture
def of_series(api: Any) -> Any:
    """The appointments of a series in order: `of_series(series_id, state="scheduled")`."""

    def read(series_id: str, state: str | None = None) -> list[dict[str, Any]]:
        query = f"/appointments?limit=200&sort=starts_at&series_id={series_id}" + (f"&state={state}" if state else "")
        return api.get(query).json["data"]

    return read


def starts(rows: list[dict[str, Any]]) -> list[str]:
    return [row["starts_at"][5:16] for row in rows]


def test_a_series_is_made_for_the_window_and_goes_on_by_the_clock(
    api: Any, weekly: Any, of_series: Any, clock: Any, tick: Any, outbox: Any, person: Any
) -> None:
    here = person()["id"]
    made = weekly(person_ids=[here], remind_before=[30]).json
    rows = of_series(made["series_id"])
    assert len(rows) == 26  # Thursdays of 180 days
    assert starts(rows)[:5] == ["03-05T08:00", "03-12T08:00", "03-19T08:00", "03-26T08:00", "04-02T07:00"]  # DST
    assert rows[25]["person_ids"] == [here]
    assert outbox.types().count("appointment.scheduled") == 26
    series = api.get(f"/appointment-series/{made['series_id']}").json
    assert (series["rule"], series["state"], series["next_at"][:10]) == (WEEKLY, "active", "2026-09-03")
    tick("recur_appointments")
    assert len(of_series(made["series_id"])) == 26
    clock.advance(days=14)
    for _ in range(2):
        tick("recur_appointments")
    rows = of_series(made["series_id"])
    assert (len(rows), rows[-1]["starts_at"][:10], rows[-1]["remind_before"]) == (28, "2026-09-10", [30])
    assert outbox.types().count("appointment.scheduled") == 28


def test_a_rule_with_an_end_has_no_more_to_come(api: Any, weekly: Any, of_series: Any) -> None:
    made = weekly("FREQ=DAILY;COUNT=3").json
    assert starts(of_series(made["series_id"])) == ["03-05T08:00", "03-06T08:00", "03-07T08:00"]
    assert api.get(f"/appointment-series/{made['series_id']}").json["next_at"] is None


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"recurrence": {"rule": "often"}}, "/recurrence/rule", "invalid_rule"),
        ({"recurrence": {"rule": "FREQ=HOURLY;BYMINUTE=0,30"}}, "/recurrence/rule", "too_frequent"),
        ({"recurrence": {"rule": "FREQ=WEEKLY;BYDAY=MO"}}, "/recurrence/rule", "not_first"),
        ({"recurrence": {"rule": "FREQ=DAILY"}, "ends_at": "2026-03-06T09:00:00Z"}, "/recurrence/rule",
         "overlaps_itself"),
        ({"starts_at": "2025-03-06T08:00:00Z", "ends_at": "2025-03-06T09:00:00Z"}, "/starts_at", "too_old"),
        ({"remind_before": [-1]}, "/remind_before/0", None),
        ({"recurrence": {}}, "/recurrence/rule", None),
    ],
)  # fmt: skip
def test_bad_series_are_refused(
    api: Any, weekly: Any, outbox: Any, change: dict[str, Any], pointer: str, code: str | None
) -> None:
    response = weekly(**change)
    (error,) = response.json["errors"]
    assert (response.status_code, error["pointer"]) == (422, pointer)
    assert code in (None, error["code"])
    assert (outbox.types(), api.get("/appointments").json["data"]) == ([], [])
    assert api.get("/appointment-series").json["data"] == []


def test_every_one_of_the_window_is_held_against_the_calendars(
    api: Any, weekly: Any, colleague: Any, of_series: Any, clock: Any, tick: Any
) -> None:
    ren = str(colleague("Ren"))
    dentist = {"title": "Dentist", "starts_at": "2026-06-04T06:30:00Z", "ends_at": "2026-06-04T07:30:00Z"}
    taken = api.post("/appointments", json=dentist | {"user_ids": [ren]}).json
    refused = weekly(user_ids=[ren])
    assert (refused.status_code, refused.json["code"]) == (409, "appointment_conflict")
    (conflict,) = refused.json["conflicts"]
    assert (conflict["appointment_id"], conflict["name"], conflict["title"]) == (taken["id"], "Ren", "Dentist")
    assert conflict["wanted_starts_at"] == "2026-06-04T07:00:00Z"
    assert api.get("/appointment-series").json["data"] == []
    made = weekly(user_ids=[ren], force=True)
    assert made.status_code == 201
    busy = api.get(f"/calendar/busy?user_ids={ren}&from=2026-06-04T00:00:00Z&to=2026-06-12T00:00:00Z").json["users"][0]
    assert [(s["starts_at"][5:16], s["ends_at"][11:16]) for s in busy["busy"]] == [
        ("06-04T06:30", "08:00"), ("06-11T07:00", "08:00"),
    ]  # fmt: skip
    late = dentist | {"starts_at": "2026-09-03T07:30:00Z", "ends_at": "2026-09-03T08:30:00Z", "user_ids": [ren]}
    assert api.post("/appointments", json=late).status_code == 201  # not of the window yet
    clock.advance(days=14)
    tick("recur_appointments")
    assert [row["forced"] for row in of_series(made.json["series_id"])[26:]] == [True, False]


def test_of_overlapping_series_at_once_one_is_made(api: Any, weekly: Any, colleague: Any) -> None:
    ren, li = str(colleague("Ren")), str(colleague("Li"))
    rules = [WEEKLY, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "FREQ=DAILY", WEEKLY]
    responses = at_once(*[lambda r=r, u=u: weekly(r, user_ids=u) for r, u in zip(rules, [[ren, li], [li, ren]] * 2,
                                                                                strict=True)])  # fmt: skip
    assert sorted(r.status_code for r in responses) == [201, 409, 409, 409]
    assert len(api.get("/appointment-series").json["data"]) == 1


def test_one_of_a_series_is_moved_or_cancelled_by_itself(api: Any, weekly: Any, of_series: Any, outbox: Any) -> None:
    made = weekly().json
    second, third = of_series(made["series_id"])[1:3]
    to = {"starts_at": "2026-03-13T10:00:00Z", "ends_at": "2026-03-13T11:00:00Z", "title": "Moved"}
    moved = api.patch(f"/appointments/{second['id']}", json=to, if_match=second["version"]).json
    assert (moved["starts_at"][:10], moved["occurrence_at"][:10]) == ("2026-03-13", "2026-03-12")
    assert api.post(f"/appointments/{third['id']}/cancel").status_code == 200
    assert starts(of_series(made["series_id"], "scheduled"))[:3] == ["03-05T08:00", "03-13T10:00", "03-26T08:00"]
    free = {"title": "Now free", "starts_at": "2026-03-19T08:00:00Z", "ends_at": "2026-03-19T09:00:00Z"}
    assert api.post("/appointments", json=free).status_code == 201
    assert [outbox.types().count(f"appointment.{name}") for name in ("moved", "cancelled")] == [1, 1]


def test_this_and_following_part_the_series(api: Any, weekly: Any, of_series: Any, outbox: Any) -> None:
    made = weekly("FREQ=WEEKLY;BYDAY=TH;COUNT=6").json
    rows = of_series(made["series_id"])
    fourth, fifth = rows[3], rows[4]
    own = {"starts_at": "2026-04-03T07:00:00Z", "ends_at": "2026-04-03T08:00:00Z"}
    api.patch(f"/appointments/{fifth['id']}", json=own, if_match=fifth["version"])
    third = rows[2]
    changes = {"starts_at": "2026-03-19T13:00:00Z", "ends_at": "2026-03-19T14:30:00Z", "place": "3F"}
    changed = api.post(f"/appointments/{third['id']}/following", json=changes)
    assert changed.status_code == 200, changed.text
    assert (changed.json["id"], changed.json["place"]) == (third["id"], "3F")
    assert changed.json["series_id"] != made["series_id"]
    before, after = of_series(made["series_id"]), of_series(changed.json["series_id"])
    assert starts(before) == ["03-05T08:00", "03-12T08:00"]
    # The fourth came along, the fifth stays where it was put; nine o'clock of Berlin became two in the afternoon.
    assert starts(after) == ["03-19T13:00", "03-26T13:00", "04-03T07:00", "04-09T12:00"]
    assert [row["id"] for row in after] == [row["id"] for row in rows[2:]]
    assert {row["place"] for row in after} == {"3F"}
    old, new = (api.get(f"/appointment-series/{one}").json for one in (made["series_id"], after[0]["series_id"]))
    assert (old["rule"], new["rule"]) == (
        "FREQ=WEEKLY;BYDAY=TH;UNTIL=20260319T075959Z", "FREQ=WEEKLY;BYDAY=TH;COUNT=4",
    )  # fmt: skip
    assert sorted(e.data["appointment_id"] for e in outbox.events("appointment.moved")[1:]) == sorted(
        row["id"] for row in after
    )
    assert fourth["version"] < after[1]["version"]


def test_another_rule_holds_from_now_on(api: Any, weekly: Any, of_series: Any, outbox: Any) -> None:
    made = weekly("FREQ=WEEKLY;BYDAY=TH;COUNT=5").json
    second = of_series(made["series_id"])[1]
    one = f"/appointments/{second['id']}/following"
    tuesday = {"starts_at": "2026-03-10T08:00:00Z", "ends_at": "2026-03-10T09:00:00Z"}
    refused = api.post(one, json=tuesday)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/rule")
    assert starts(of_series(made["series_id"]))[1] == "03-12T08:00"
    changed = api.post(one, json=tuesday | {"rule": "FREQ=WEEKLY;BYDAY=TU;COUNT=2"}).json
    assert starts(of_series(changed["series_id"])) == ["03-10T08:00", "03-17T08:00"]
    assert starts(of_series(made["series_id"], "scheduled")) == ["03-05T08:00"]
    assert outbox.types().count("appointment.cancelled") == 2
    alone = {"title": "One", "starts_at": "2026-03-26T08:00:00Z", "ends_at": "2026-03-26T09:00:00Z"}
    alone = api.post("/appointments", json=alone).json
    refused = api.post(f"/appointments/{alone['id']}/following", json={"title": "No"})
    assert (refused.status_code, refused.json["code"]) == (409, "not_recurring")


def test_the_whole_series_is_changed_and_cancelled(
    api: Any, weekly: Any, of_series: Any, clock: Any, outbox: Any
) -> None:
    made = weekly("FREQ=WEEKLY;BYDAY=TH;COUNT=4").json
    renamed = api.post(f"/appointment-series/{made['series_id']}/change", json={"title": "Weekly"}).json
    assert api.get(f"/appointment-series/{made['series_id']}").status_code == 404  # nothing is left of it
    series_id = renamed["series_id"]
    assert {row["title"] for row in of_series(series_id)} == {"Weekly"}
    (first, *_) = told = outbox.events("appointment.moved")
    assert (len(told), first.data["changed"], first.data["series_id"]) == (4, ["series_id"], series_id)
    clock.advance(days=11)
    one = f"/appointment-series/{series_id}/cancel"
    assert sorted(r.status_code for r in at_once(*[lambda: api.post(one)] * 3)) == [200, 409, 409]
    assert [row["state"] for row in of_series(series_id)] == ["scheduled", "scheduled", "cancelled", "cancelled"]
    assert api.post(f"/appointment-series/{series_id}/change", json={"title": "X"}).json["code"] == "series_over"


def test_this_and_following_are_cancelled_once(api: Any, weekly: Any, of_series: Any, clock: Any, tick: Any) -> None:
    made = weekly().json
    third = of_series(made["series_id"])[2]
    one = f"/appointments/{third['id']}/following/cancel"
    assert sorted(r.status_code for r in at_once(*[lambda: api.post(one)] * 3)) == [200, 409, 409]
    clock.advance(days=60)
    tick("recur_appointments")
    assert len(of_series(made["series_id"])) == 26
    assert starts(of_series(made["series_id"], "scheduled")) == ["03-05T08:00", "03-12T08:00"]


def test_changes_at_once_leave_one_series_without_gaps(api: Any, weekly: Any, of_series: Any) -> None:
    made = weekly("FREQ=WEEKLY;BYDAY=TH;COUNT=8").json
    rows = of_series(made["series_id"])
    responses = at_once(
        *[lambda n=n: api.post(f"/appointments/{rows[n]['id']}/following", json={"place": f"{n}F"}) for n in (2, 4, 6)]
    )
    assert [r.status_code for r in responses] == [200, 200, 200]
    now = [api.get(f"/appointments/{row['id']}").json for row in rows]
    assert [row["starts_at"] for row in now] == [row["starts_at"] for row in rows]
    by_series = [len(of_series(one)) for one in dict.fromkeys(row["series_id"] for row in now)]
    assert sum(by_series) == 8
    assert len({row["series_id"] for row in now[:2]}) == 1


def test_a_merge_takes_a_series_along_and_an_unmerge_gives_it_back(
    api: Any, weekly: Any, person: Any, of_series: Any, clock: Any, tick: Any
) -> None:
    keep, lose = person(email="a@example.com")["id"], person(email="b@example.com")["id"]
    made = weekly(person_id=lose, person_ids=[lose]).json
    merged = api.post(f"/people/{keep}/merge", json={"loser_id": lose}).json
    clock.advance(days=7)
    tick("recur_appointments")
    newest = of_series(made["series_id"])[-1]
    assert (newest["person_id"], newest["person_ids"]) == (keep, [keep])
    api.post(f"/merges/{merged['merges'][0]['id']}/unmerge")
    series = api.get(f"/appointment-series/{made['series_id']}").json
    assert (series["person_id"], series["person_ids"]) == (lose, [lose])


def test_who_attends_answers_and_declined_time_is_free(
    api: Any, weekly: Any, colleague: Any, user: Any, of_series: Any, outbox: Any
) -> None:
    ren = user(reach="own")
    colleague("Ren", id=ren.id)
    made = weekly(user_ids=[str(api.default.id), str(ren.id)]).json
    assert {row["user_id"]: row["answer"] for row in made["attendees"]} == {
        str(api.default.id): "accepted", str(ren.id): "open",
    }  # fmt: skip
    first, second, third = of_series(made["series_id"])[:3]
    assert len(api.get(f"/appointments?series_id={made['series_id']}", as_=ren).json["data"]) == 26
    one = f"/appointments/{first['id']}"
    assert api.patch(one, json={"title": "X"}, if_match=first["version"], as_=ren).status_code == 403
    assert api.post(f"{one}/answer", json={"answer": "maybe"}, as_=ren).status_code == 422
    stranger = user(reach="all")
    assert api.post(f"{one}/answer", json={"answer": "accepted"}, as_=stranger).json["code"] == "not_attending"
    declined = [api.post(f"{one}/answer", json={"answer": "declined"}, as_=ren) for _ in range(2)]
    assert [r.status_code for r in declined] == [200, 200]
    (event,) = outbox.events("appointment.answered")
    assert (event.data["user_id"], event.data["answer"]) == (str(ren.id), "declined")
    own = {"title": "Other", "starts_at": first["starts_at"], "ends_at": first["ends_at"]}
    assert api.post("/appointments", json=own, as_=ren).status_code == 201
    back = api.post(f"{one}/answer", json={"answer": "accepted"}, as_=ren)
    assert (back.status_code, back.json["conflicts"][0]["title"]) == (409, "Other")
    assert api.post(f"{one}/answer", json={"answer": "accepted", "force": True}, as_=ren).status_code == 200
    following = {"answer": "tentative", "following": True}
    assert api.post(f"/appointments/{second['id']}/answer", json=following, as_=ren).status_code == 200
    assert len(outbox.events("appointment.answered")) == 2 + 25
    moved = {"starts_at": "2026-03-20T08:00:00Z", "ends_at": "2026-03-20T09:00:00Z"}
    third = api.get(f"/appointments/{third['id']}").json
    asked = api.patch(f"/appointments/{third['id']}", json=moved, if_match=third["version"]).json
    assert {row["answer"] for row in asked["attendees"] if row["user_id"] == str(ren.id)} == {"open"}


def test_who_attends_is_reminded_once_before_it_starts(
    api: Any, weekly: Any, colleague: Any, user: Any, clock: Any, tick: Any, outbox: Any
) -> None:
    ren = user(reach="own")
    colleague("Ren", id=ren.id)
    made = weekly(user_ids=[str(api.default.id), str(ren.id)], remind_before=[60, 15]).json
    api.post(f"/appointments/{made['id']}/answer", json={"answer": "declined"}, as_=ren)
    clock.set(datetime(2026, 3, 5, 7, 1, tzinfo=UTC))
    for _ in range(2):
        tick("remind")
    (event,) = outbox.events("appointment.reminder")
    assert (event.data["appointment_id"], event.data["minutes_before"]) == (made["id"], 60)
    assert event.data["remind_user_ids"] == [str(api.default.id)]
    later = {"starts_at": "2026-03-05T10:00:00Z", "ends_at": "2026-03-05T11:00:00Z"}
    version = api.get(f"/appointments/{made['id']}").json["version"]
    assert api.patch(f"/appointments/{made['id']}", json=later, if_match=version).status_code == 200
    clock.advance(minutes=120)
    tick("remind")
    assert [e.data["minutes_before"] for e in outbox.events("appointment.reminder")] == [60, 60]
    api.post(f"/appointments/{made['id']}/cancel")
    clock.advance(hours=1)
    tick("remind")
    assert len(outbox.events("appointment.reminder")) == 2


def test_the_feed_shows_a_series_with_its_exceptions(
    api: Any, weekly: Any, of_series: Any, colleague: Any, user: Any
) -> None:
    colleague("Admin", id=api.default.id)
    ren = user(reach="own")
    colleague("Ren", id=ren.id)
    made = weekly(
        "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261231", user_ids=[str(api.default.id), str(ren.id)], remind_before=[15]
    ).json
    _, second, third, fourth = of_series(made["series_id"])[:4]
    to = {"starts_at": "2026-03-13T10:00:00Z", "ends_at": "2026-03-13T11:00:00Z"}
    api.patch(f"/appointments/{second['id']}", json=to, if_match=second["version"])
    api.post(f"/appointments/{third['id']}/cancel")
    api.post(f"/appointments/{fourth['id']}/answer", json={"answer": "declined"}, as_=ren)
    feed = api.post("/calendar/feed", as_=ren).json
    read = Calendar.from_ical(api.get(feed["path"], as_=None).data)
    master, moved, declined = read.walk("VEVENT")
    assert {str(e["uid"]) for e in (master, moved, declined)} == {f"{made['series_id']}@quintet"}
    assert master["rrule"].to_ical() == b"FREQ=WEEKLY;UNTIL=20261231T225959Z;BYDAY=TH"
    assert master["dtstart"].params["TZID"] == "Europe/Berlin"
    assert [d.dt for d in master["exdate"].dts] == [datetime(2026, 3, 19, 8, tzinfo=UTC)]
    assert (moved.decoded("recurrence-id"), moved.decoded("dtstart")) == (
        datetime(2026, 3, 12, 8, tzinfo=UTC), datetime(2026, 3, 13, 10, tzinfo=UTC),
    )  # fmt: skip
    asked = {str(a): a.params["PARTSTAT"] for a in master["attendee"]}
    assert asked == {"mailto:admin@quintet.example": "ACCEPTED", "mailto:ren@quintet.example": "NEEDS-ACTION"}
    assert str(master["organizer"]) == "mailto:admin@quintet.example"
    assert (str(declined["transp"]), declined.decoded("recurrence-id").date().isoformat()) == (
        "TRANSPARENT", "2026-03-26",
    )  # fmt: skip
    (alarm,) = master.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(minutes=-15)
    assert [str(zone["tzid"]) for zone in read.walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_the_feed_shows_both_halves_of_a_parted_series_by_their_rules(
    api: Any, weekly: Any, of_series: Any, colleague: Any
) -> None:
    made = weekly("FREQ=WEEKLY;BYDAY=TH;COUNT=6", user_ids=[str(api.default.id), str(colleague("Ren"))]).json
    third = of_series(made["series_id"])[2]
    later = {"starts_at": "2026-03-19T13:00:00Z", "ends_at": "2026-03-19T14:00:00Z"}
    api.post(f"/appointments/{third['id']}/following", json=later)
    read = Calendar.from_ical(api.get(api.post("/calendar/feed").json["path"], as_=None).data)
    assert [(e["rrule"].to_ical(), "recurrence-id" in e) for e in read.walk("VEVENT")] == [
        (b"FREQ=WEEKLY;UNTIL=20260319T075959Z;BYDAY=TH", False),
        (b"FREQ=WEEKLY;COUNT=4;BYDAY=TH", False),
    ]
