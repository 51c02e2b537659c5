"""What calendars seldom say: several rules, many times a day, moments, what lasts for months, years that none has."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import recurring_ical_events
from icalendar import Calendar

BERLIN = ";TZID=Europe/Berlin"


@pytest.fixture(autouse=True)
def today(clock: Any, colleague: Any, api: Any) -> None:
    clock.set(datetime(2026, 3, 1, tzinfo=UTC))
    colleague("Me", id=api.default.id, time_zone="Europe/Berlin")


def event(uid: str, start: str, end: str | None, *more: str) -> str:
    ends = [f"DTEND{BERLIN}:{end}"] if end else []
    lines = [f"UID:{uid}@x", f"DTSTART{BERLIN}:{start}", *ends, "SUMMARY:Demo", *more]
    return "BEGIN:VEVENT\n" + "\n".join(lines) + "\nEND:VEVENT\n"


def planned(api: Any, state: str = "scheduled") -> list[Any]:
    return list(api.get(f"/appointments?state={state}&limit=200").json["data"])


def starts(api: Any) -> list[str]:
    return [one["starts_at"][5:16] for one in planned(api)]


def feed(api: Any) -> Calendar:
    token = api.post("/calendar/feed").json["token"]
    return Calendar.from_ical(api.get(f"/public/calendars/{token}.ics", as_=None).data)


def seen(api: Any, until: date = date(2026, 6, 1)) -> list[str]:
    """What a client of calendars shows of our feed."""
    found = recurring_ical_events.of(feed(api)).between(date(2026, 3, 1), until)
    return sorted(one["DTSTART"].dt.astimezone(UTC).strftime("%m-%dT%H:%M") for one in found)


def test_several_rules_are_one_series(api: Any, taken: Any) -> None:
    two = event(
        "two", "20260316T090000", "20260316T100000", "RRULE:FREQ=WEEKLY;COUNT=3", "RRULE:FREQ=MONTHLY;BYMONTHDAY=31",
        f"EXDATE{BERLIN}:20260323T090000",
    )  # fmt: skip
    assert taken(two) == ({"created": 1}, [])
    came = ["03-16T08:00", "03-30T07:00", "03-31T07:00", "05-31T07:00", "07-31T07:00"]
    assert (starts(api)[:5], taken(two)[0]) == (came, {"unchanged": 1})
    assert seen(api) == came[:4]
    (series,) = api.get("/appointment-series").json["data"]
    assert series["rule"].split("\n")[1].startswith("FREQ=MONTHLY;BYMONTHDAY=31;BYMINUTE=0")
    moved = two.replace("BYMONTHDAY=31", "BYMONTHDAY=30").replace("UID", "SEQUENCE:1\nUID")
    assert taken(moved)[0] == {"updated": 1}
    assert starts(api)[:4] == ["03-16T08:00", "03-30T07:00", "04-30T07:00", "05-30T07:00"]


def test_several_rules_part_where_the_series_is_changed(api: Any, taken: Any) -> None:
    taken(event("two", "20260316T090000", "20260316T100000", "RRULE:FREQ=WEEKLY;COUNT=3", "RRULE:FREQ=DAILY;COUNT=4"))
    assert starts(api) == ["03-16T08:00", "03-17T08:00", "03-18T08:00", "03-19T08:00", "03-23T08:00", "03-30T07:00"]
    fourth = planned(api)[3]["id"]
    changed = api.post(f"/appointments/{fourth}/following", json={"place": "3F"})
    assert changed.status_code == 200, changed.text
    assert [one["place"] for one in planned(api)] == [None, None, None, "3F", "3F", "3F"]
    assert len({one["series_id"] for one in planned(api)}) == 2
    assert seen(api) == starts(api)
    assert api.post(f"/appointments/{planned(api)[4]['id']}/following/cancel").status_code == 200
    assert seen(api) == starts(api) == ["03-16T08:00", "03-17T08:00", "03-18T08:00", "03-19T08:00"]


def test_of_old_rules_comes_what_is_not_long_over_in_the_weeks_that_it_was(api: Any, taken: Any) -> None:
    old = event("old", "20250106T090000", "20250106T100000", "RRULE:FREQ=MONTHLY;BYMONTHDAY=6", "RRULE:FREQ=YEARLY")
    assert taken(old) == ({"created": 1}, [])
    assert starts(api)[:3] == ["09-06T07:00", "10-06T07:00", "11-06T08:00"]
    skips = event(
        "skips", "20250113T140000", "20250113T150000", "RRULE:FREQ=MONTHLY;BYMONTHDAY=2",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
    )  # fmt: skip
    result, (error,) = taken(skips)
    assert (result, error["error_field"], error["error_code"]) == ({"refused": 1}, "rrule", "not_supported")


def test_what_comes_many_times_a_day(api: Any, taken: Any, clock: Any, tick: Any) -> None:
    twice = event("twice", "20260328T090000", "20260328T091500", "RRULE:FREQ=DAILY;BYHOUR=9,15;COUNT=4")
    assert taken(twice) == ({"created": 1}, [])
    assert seen(api) == starts(api) == ["03-28T08:00", "03-28T14:00", "03-29T07:00", "03-29T13:00"]
    one = planned(api)[1]["id"]
    assert api.post(f"/appointments/{one}/following", json={"place": "3F"}).status_code == 200
    assert [one["place"] for one in planned(api)] == [None, "3F", "3F", "3F"]
    assert seen(api) == starts(api)
    hourly = event("hourly", "20260328T220000", "20260328T220500", "RRULE:FREQ=HOURLY;UNTIL=20260329T060000Z")
    assert taken(hourly)[0] == {"created": 1}
    night = ["03-28T21:00", "03-28T22:00", "03-28T23:00", "03-29T00:00", "03-29T01:00", "03-29T02:00"]
    assert [at for at in starts(api) if at in night] == night, "the hour that the clock skips comes once"
    body = {"title": "Watch", "starts_at": "2026-05-04T08:00:00Z", "ends_at": "2026-05-04T08:10:00Z"}
    made = api.post("/appointments", json=body | {"recurrence": {"rule": "FREQ=HOURLY"}})
    assert made.status_code == 201, made.text
    series = f"/appointment-series/{made.json['series_id']}"
    assert api.get(series).json["next_at"] == "2026-05-21T01:00:00Z", "400 at once, the others by the clock"
    tick("recur_appointments")
    assert api.get(series).json["next_at"] == "2026-06-06T17:00:00Z"


def test_a_moment_is_one_and_takes_nobodys_time(api: Any, taken: Any, outbox: Any, tick: Any, clock: Any) -> None:
    alarm = "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT10M\nEND:VALARM"
    two = event("m", "20260310T090000", "20260310T090000", alarm) + event("n", "20260310T093000", None)
    assert taken(two)[0] == {"created": 2}
    assert [(one["starts_at"], one["ends_at"], one["show_as"]) for one in planned(api)] == [
        ("2026-03-10T08:00:00Z", "2026-03-10T08:00:00Z", "busy"),
        ("2026-03-10T08:30:00Z", "2026-03-10T08:30:00Z", "busy"),
    ]
    assert api.get("/calendar/busy?on=2026-03-10").json["users"][0]["busy"] == []
    assert [("DTEND" in one, one["DTSTART"].dt.hour) for one in feed(api).walk("VEVENT")] == [(False, 9)] * 2
    body = {"title": "Visit", "starts_at": "2026-03-10T07:30:00Z", "ends_at": "2026-03-10T08:15:00Z"}
    assert api.post("/appointments", json=body).status_code == 201
    path = f"/appointments/{planned(api)[1]['id']}"
    longer = api.patch(path, json={"ends_at": "2026-03-10T08:20:00Z"}, if_match=api.get(path).json["version"])
    assert (longer.status_code, longer.json["code"]) == (409, "appointment_conflict"), "not a moment any more"
    clock.set(datetime(2026, 3, 10, 7, 50, tzinfo=UTC))
    tick("remind")
    assert outbox.one("appointment.reminder").data["appointment_id"] == planned(api)[1]["id"]


def test_a_day_that_ends_as_it_begins_is_a_day(api: Any, taken: Any) -> None:
    day = event("d", "", None).replace(f"DTSTART{BERLIN}:", "DTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260310")
    assert taken(day)[0] == {"created": 1}
    assert (planned(api)[0]["starts_at"], planned(api)[0]["ends_at"]) == (
        "2026-03-09T23:00:00Z",
        "2026-03-10T23:00:00Z",
    )


def test_what_lasts_for_months_is_in_the_way_all_the_time(api: Any, taken: Any, clock: Any, user: Any) -> None:
    leave = event("leave", "20260309T000000", "20260907T000000")
    assert taken(leave) == ({"created": 1}, [])
    body = {"title": "Visit", "starts_at": "2026-08-03T08:00:00Z", "ends_at": "2026-08-03T09:00:00Z"}
    refused = api.post("/appointments", json=body)
    assert (refused.status_code, refused.json["conflicts"][0]["title"]) == (409, "Demo")
    (busy,) = api.get("/calendar/busy?on=2026-08-03").json["users"][0]["busy"]
    assert (busy["starts_at"], busy["ends_at"]) == ("2026-08-02T22:00:00Z", "2026-08-03T22:00:00Z")
    clock.set(datetime(2026, 8, 1, tzinfo=UTC))
    assert len(feed(api).walk("VEVENT")) == 1, "it is going on"
    clock.set(datetime(2027, 1, 1, tzinfo=UTC))
    assert feed(api).walk("VEVENT") == []


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        (event("x", "00010101T000000", "00010101T010000"), "dtstart", "out_of_range"),
        (event("x", "99991231T230000", "99991231T233000"), "dtstart", "out_of_range"),
        (event("x", "20260310T090000", "99991231T235959"), "dtend", "out_of_range"),
        (event("x", "18991231T090000", "18991231T100000"), "starts_at", "out_of_range"),
        (event("x", "00010101T000000", "00010101T010000", "RRULE:FREQ=YEARLY"), "dtstart", "out_of_range"),
        (event("x", "20260310T090000", "20260310T100000", "RDATE:99991231T235959Z"), "rdate", "out_of_range"),
        (event("x", "20260310T090000", "20360410T100000"), "ends_at", "too_long"),
        (event("x", "20050310T090000", "20050310T091000", "RRULE:FREQ=HOURLY"), "dtstart", "too_old"),
    ],
)
def test_what_no_calendar_has_is_refused_with_the_reason(
    api: Any, taken: Any, outbox: Any, said: str, field: str, code: str
) -> None:
    result, (error,) = taken(said)
    assert (result, error["error_field"], error["error_code"]) == ({"refused": 1}, field, code)
    assert (planned(api), outbox.types().count("appointment.scheduled")) == ([], 0)


def test_birthdays_of_any_year_and_stamps_that_are_none_are_taken(api: Any, taken: Any) -> None:
    born = "BEGIN:VEVENT\nUID:b@x\nDTSTART;VALUE=DATE:16040310\nDTSTAMP:00010101T000000Z\nSUMMARY:Li\n"
    assert taken(born + "RRULE:FREQ=YEARLY;UNTIL=99991231\nEND:VEVENT\n") == ({"created": 1}, [])
    assert starts(api) == ["03-09T23:00"]
    assert len(feed(api).walk("VEVENT")) == 1
