"""Calendars of other programs in full: times beside a rule and left out of it, changes of all that follow, whole days,
what takes nobody's time; and our own feed as a client of calendars reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import recurring_ical_events
from icalendar import Calendar

BERLIN = ";TZID=Europe/Berlin"
WEEKLY = f"UID:w@x\nDTSTART{BERLIN}:20260316T090000\nDTEND{BERLIN}:20260316T100000\nSUMMARY:Weekly\n"


@pytest.fixture(autouse=True)
def today(clock: Any, colleague: Any, api: Any) -> None:
    clock.set(datetime(2026, 3, 1, tzinfo=UTC))
    colleague("Me", id=api.default.id, time_zone="Europe/Berlin")


def events(*texts: str) -> str:
    return "".join(f"BEGIN:VEVENT\n{text}END:VEVENT\n" for text in texts)


def planned(api: Any, state: str = "scheduled") -> list[Any]:
    return list(api.get(f"/appointments?state={state}&limit=100").json["data"])


def starts(api: Any) -> list[str]:
    return [one["starts_at"][5:16] for one in planned(api)]


def seen(api: Any) -> list[tuple[Any, Any, str]]:
    """What a client of calendars shows of our feed until the end of April."""
    token = api.post("/calendar/feed").json["token"]
    feed = Calendar.from_ical(api.get(f"/public/calendars/{token}.ics", as_=None).data)
    found = recurring_ical_events.of(feed).between(date(2026, 3, 1), date(2026, 5, 1))
    shown = [
        (one["DTSTART"].dt, one["DTEND"].dt, str(one["SUMMARY"])) for one in found if one.get("STATUS") != "CANCELLED"
    ]
    return sorted(shown, key=lambda one: str(one[0]))


def test_times_beside_the_rule_and_left_out_of_it(api: Any, taken: Any) -> None:
    series = WEEKLY + (
        "RRULE:FREQ=WEEKLY;COUNT=4\n"
        f"RDATE{BERLIN}:20260318T140000,20260330T090000\nRDATE;VALUE=PERIOD:20260320T080000Z/PT1H\n"
        f"EXDATE{BERLIN}:20260323T090000\n"
    )
    assert taken(events(series)) == ({"created": 1}, [])
    assert starts(api) == ["03-16T08:00", "03-18T13:00", "03-20T08:00", "03-30T07:00", "04-06T07:00"]
    (one,) = {one["series_id"] for one in planned(api)}
    kept = api.get(f"/appointment-series/{one}").json
    assert [at[5:16] for at in kept["added"]] == ["03-18T13:00", "03-20T08:00", "03-30T07:00"]
    assert [at[5:16] for at in kept["excluded"]] == ["03-23T08:00"]
    assert [start.astimezone(UTC).strftime("%m-%dT%H:%M") for start, _, _ in seen(api)] == starts(api)
    assert taken(events(series)) == ({"unchanged": 1}, [])
    more = series.replace("140000,", "150000,") + "SEQUENCE:1\n"
    assert taken(events(more))[0] == {"updated": 1}
    assert starts(api) == ["03-16T08:00", "03-18T14:00", "03-20T08:00", "03-30T07:00", "04-06T07:00"]


def test_only_times_that_are_named_are_a_series_too(api: Any, taken: Any) -> None:
    assert taken(events(WEEKLY + f"RDATE{BERLIN}:20260401T090000,20260501T090000\n"))[0] == {"created": 1}
    assert starts(api) == ["03-16T08:00", "04-01T07:00", "05-01T07:00"]
    old = "UID:o@x\nDTSTART:20240101T090000Z\nDTEND:20240101T100000Z\nRDATE:20240201T090000Z,20260310T090000Z\n"
    assert taken(events(old))[0] == {"created": 1}
    assert starts(api)[0] == "03-10T09:00"


def test_a_time_beside_the_rule_comes_before_those_of_the_rule(api: Any, taken: Any) -> None:
    yearly = "UID:y@x\nDTSTART;VALUE=DATE:20100601\nRRULE:FREQ=YEARLY\nRDATE;VALUE=DATE:20260310\nSUMMARY:Party\n"
    assert taken(events(yearly))[0] == {"created": 1}
    assert starts(api) == ["03-09T23:00", "05-31T22:00"]
    shown = [(date(2026, 3, 10), date(2026, 3, 11), "Party")]
    assert seen(api) == shown


def test_all_from_one_time_on_is_otherwise(api: Any, taken: Any, outbox: Any) -> None:
    series = WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=6\n"
    later = (
        f"UID:w@x\nRECURRENCE-ID{BERLIN};RANGE=THISANDFUTURE:20260330T090000\n"
        f"DTSTART{BERLIN}:20260331T140000\nDTEND{BERLIN}:20260331T153000\nSUMMARY:Later\n"
    )
    one = (
        f"UID:w@x\nRECURRENCE-ID{BERLIN}:20260406T090000\n"
        f"DTSTART{BERLIN}:20260408T090000\nDTEND{BERLIN}:20260408T100000\nSUMMARY:Once\n"
    )
    early = f"UID:w@x\nRECURRENCE-ID{BERLIN}:20260323T090000\n{WEEKLY[8:]}STATUS:CANCELLED\n"
    # As programs write them: in whatever order.
    assert taken(events(one, later, early, series)) == ({"created": 1, "updated": 2, "cancelled": 1}, [])
    when = ["03-16T08:00", "03-31T12:00", "04-08T07:00", "04-14T12:00", "04-21T12:00"]
    assert starts(api) == when
    titles = ["Weekly", "Later", "Once", "Later", "Later"]
    assert [one["title"] for one in planned(api)] == titles
    assert [(start.astimezone(UTC).strftime("%m-%dT%H:%M"), title) for start, _, title in seen(api)] == list(
        zip(when, titles, strict=True)
    )
    assert taken(events(one, later, early, series))[0] == {"unchanged": 4}
    # The series is renamed; what is otherwise in it stands in the same calendar, and holds again.
    renamed = series.replace("Weekly", "Renamed") + "SEQUENCE:1\n"
    assert taken(events(renamed, one, later, early))[0] == {"updated": 3, "cancelled": 1}
    assert (starts(api), [one["title"] for one in planned(api)]) == (when, ["Renamed", *titles[1:]])
    again = later.replace("0331T14", "0331T16").replace("0331T153", "0331T173") + "SEQUENCE:1\n"
    assert taken(events(again))[0] == {"updated": 1}
    assert starts(api) == ["03-16T08:00", "03-31T14:00", "04-08T07:00", "04-14T14:00", "04-21T14:00"]
    moved = one.replace("0408T", "0409T") + "SEQUENCE:1\n"
    assert taken(events(moved))[0] == {"updated": 1}
    assert starts(api)[2] == "04-09T07:00", "known by the time that it had before"
    gone = f"UID:w@x\nRECURRENCE-ID{BERLIN};RANGE=THISANDFUTURE:20260413T090000\n{WEEKLY[8:]}STATUS:CANCELLED\n"
    assert taken(events(gone))[0] == {"cancelled": 1}
    assert starts(api) == ["03-16T08:00", "03-31T14:00", "04-09T07:00"]
    assert taken(events(series + "SEQUENCE:3\nSTATUS:CANCELLED\n"))[0] == {"cancelled": 1}
    assert planned(api) == []
    assert len(seen(api)) == 0


def test_a_time_beside_the_rule_moves_with_those_behind_it_only(api: Any, taken: Any) -> None:
    series = WEEKLY + f"RRULE:FREQ=WEEKLY;COUNT=3\nRDATE{BERLIN}:20260318T140000,20260325T140000\n"
    later = (
        f"UID:w@x\nRECURRENCE-ID{BERLIN};RANGE=THISANDFUTURE:20260323T090000\n"
        f"DTSTART{BERLIN}:20260324T100000\nDTEND{BERLIN}:20260324T110000\nSUMMARY:Later\n"
    )
    assert taken(events(series, later))[0] == {"created": 1, "updated": 1}
    assert starts(api) == ["03-16T08:00", "03-18T13:00", "03-24T09:00", "03-26T14:00", "03-31T08:00"]
    assert [start.astimezone(UTC).strftime("%m-%dT%H:%M") for start, _, _ in seen(api)] == starts(api)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"UID:n@x\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260330T070000Z\n{WEEKLY[8:]}", "not_planned"),
        (f"UID:n@x\nRECURRENCE-ID;RANGE=THISANDPRIOR:20260330T070000Z\n{WEEKLY[8:]}", "not_supported"),
        (f"{WEEKLY}RDATE:soon\n", "invalid_value"),
        (f"{WEEKLY}RDATE:{','.join(f'2026{1 + n // 28:02}{1 + n % 28:02}T{n % 23:02}0000Z' for n in range(336))},"
         f"{','.join(f'2027{1 + n // 28:02}{1 + n % 28:02}T{n % 23:02}0000Z' for n in range(100))}\n", "too_many"),
        (f"{WEEKLY}RDATE{BERLIN}:20260316T093000\n", "overlaps_itself"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_and_plans_nothing(api: Any, taken: Any, outbox: Any, text: str, code: str) -> None:
    result, (error,) = taken(events(text))
    assert (result, error["error_code"]) == ({"refused": 1}, code)
    assert (planned(api), outbox.types().count("appointment.scheduled")) == ([], 0)


def test_whole_days_are_days_where_the_clock_changes_too(api: Any, taken: Any) -> None:
    fair = "UID:f@x\nDTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330\nSUMMARY:Fair\n"
    daily = "UID:d@x\nDTSTART;VALUE=DATE:20260327\nRRULE:FREQ=DAILY;COUNT=5\nTRANSP:TRANSPARENT\n"
    daily += "EXDATE;VALUE=DATE:20260330\n"
    assert taken(events(fair, daily + "SUMMARY:Watch\n"))[0] == {"created": 2}
    (one,) = [one for one in planned(api) if one["title"] == "Fair"]
    assert (one["all_day"], one["time_zone"]) == (True, "Europe/Berlin")
    assert (one["starts_at"], one["ends_at"]) == ("2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z")
    watch = [(one["starts_at"][5:13], one["ends_at"][5:13]) for one in planned(api) if one["title"] == "Watch"]
    assert watch == [
        ("03-26T23", "03-27T23"),
        ("03-27T23", "03-28T23"),
        ("03-28T23", "03-29T22"),
        ("03-30T22", "03-31T22"),
    ]
    days = [date(2026, 3, day) for day in (27, 28, 28, 29, 31)]
    assert [start for start, _, _ in seen(api)] == days
    assert [(end - start).days for start, end, title in seen(api) if title == "Watch"] == [1, 1, 1, 1]


def test_what_takes_nobodys_time_leaves_it_free(api: Any, taken: Any, user: Any, tick: Any, clock: Any) -> None:
    free = "UID:b@x\nDTSTART:20260310T080000Z\nDTEND:20260310T090000Z\nSUMMARY:Birthday\nTRANSP:TRANSPARENT\n"
    alarm = "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT10M\nEND:VALARM\n"
    assert taken(events(free + alarm, free.replace("b@x", "c@x")))[0] == {"created": 2}
    busy = api.get("/calendar/busy?on=2026-03-10").json["users"][0]["busy"]
    assert (busy, {one["show_as"] for one in planned(api)}) == ([], {"free"})
    body = {"title": "Demo", "starts_at": "2026-03-10T08:30:00Z", "ends_at": "2026-03-10T09:30:00Z"}
    demo = api.post("/appointments", json=body)
    assert demo.status_code == 201
    birthday = planned(api)[0]
    path = f"/appointments/{birthday['id']}"
    assert api.post(f"{path}/answer", json={"answer": "tentative"}).status_code == 200, "answers take no time"
    version = api.get(path).json["version"]
    taken_by = api.patch(path, json={"show_as": "busy"}, if_match=version)
    assert (taken_by.status_code, taken_by.json["code"]) == (409, "appointment_conflict")
    assert api.get(path).json["show_as"] == "free"
    assert api.patch(path, json={"show_as": "busy", "force": True}, if_match=version).status_code == 200
    assert len(api.get("/calendar/busy?on=2026-03-10").json["users"][0]["busy"]) == 1
    token = api.post("/calendar/feed").json["token"]
    assert api.get(f"/public/calendars/{token}.ics", as_=None).text.count("TRANSP:TRANSPARENT") == 1


def test_one_is_reminded_of_what_takes_no_time(api: Any, outbox: Any, tick: Any, clock: Any) -> None:
    body = {
        "title": "Birthday", "starts_at": "2026-03-10T08:00:00Z", "ends_at": "2026-03-10T09:00:00Z",
        "remind_before": [10], "show_as": "free",
    }  # fmt: skip
    assert api.post("/appointments", json=body).status_code == 201
    clock.set(datetime(2026, 3, 10, 7, 50, tzinfo=UTC))
    tick("remind")
    assert outbox.one("appointment.reminder").data["remind_user_ids"] == [str(api.default.id)]


def test_whole_days_over_the_api(api: Any) -> None:
    body = {"title": "Leave", "starts_at": "2026-03-29T08:00:00Z", "ends_at": "2026-03-30T08:00:00Z", "all_day": True}
    made = api.post("/appointments", json=body).json
    assert (made["starts_at"], made["ends_at"]) == ("2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z")
    shorter = api.patch(
        f"/appointments/{made['id']}", json={"ends_at": "2026-03-29T22:00:00Z"}, if_match=made["version"]
    )
    assert shorter.json["ends_at"] == "2026-03-29T22:00:00Z", "a midnight is the end of the day before"
    assert seen(api) == [(date(2026, 3, 29), date(2026, 3, 30), "Leave")]
    daily = body | {
        "recurrence": {"rule": "FREQ=DAILY;UNTIL=20260402"},
        "ends_at": "2026-03-29T08:30:00Z",
        "force": True,
    }
    first = api.post("/appointments", json=daily).json
    moved = api.post(f"/appointments/{first['id']}/following", json={"starts_at": "2026-03-30T08:00:00Z",
                     "ends_at": "2026-03-30T09:00:00Z", "force": True})  # fmt: skip
    assert moved.status_code == 200, moved.text
    lengths = {_length(one) for one in planned(api) if one["series_id"]}
    assert lengths == {timedelta(days=1)}
    assert len(seen(api)) == 5
    bad = body | {"ends_at": "2026-03-29T08:00:00Z"}
    assert api.post("/appointments", json=bad).json["errors"][0]["code"] == "before_start"
    last = body | {"starts_at": "9999-12-31T22:00:00Z", "ends_at": "9999-12-31T23:30:00Z"}
    assert api.post("/appointments", json=last).status_code == 422


def _length(one: Any) -> timedelta:
    return datetime.fromisoformat(one["ends_at"]) - datetime.fromisoformat(one["starts_at"])
