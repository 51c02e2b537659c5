"""Calendars of other programs: taken over once, again when they changed, with the reason for what could not be."""

from __future__ import annotations

import io
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.jobs import JobRun, start_job
from chassis.testing import at_once
from contacts.calendar_imports import running

BERLIN = """BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000
TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD
BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n"""


@pytest.fixture(autouse=True)
def today(clock: Any) -> None:
    from datetime import UTC, datetime

    clock.set(datetime(2026, 3, 1, tzinfo=UTC))


def event(uid: str = "1@x", start: str = ":20260305T090000Z", end: str = ":20260305T100000Z", *more: str) -> str:
    lines = [f"UID:{uid}", f"DTSTART{start}", f"DTEND{end}", *more]
    if not any(line.startswith("SUMMARY") for line in more):
        lines.append("SUMMARY:Demo")
    return "BEGIN:VEVENT\n" + "\n".join(lines) + "\nEND:VEVENT\n"


def calendar(*parts: str) -> bytes:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{''.join(parts)}END:VCALENDAR\n".replace("\n", "\r\n").encode()


@pytest.fixture
def take(taken: Any) -> Any:
    """Takes a calendar over: `take(event())`; what became of its events, and the lines of the errors file."""

    def run(*parts: str, **said: Any) -> tuple[dict[str, int], list[dict[str, str]]]:
        result: tuple[dict[str, int], list[dict[str, str]]] = taken("".join(parts), **said)
        return result

    return run


def planned(api: Any, query: str = "state=scheduled") -> list[Any]:
    return list(api.get(f"/appointments?{query}&limit=100").json["data"])


def test_an_event_is_planned_with_who_attends_and_never_twice(
    api: Any, take: Any, person: Any, colleague: Any, outbox: Any
) -> None:
    li, ren = person(email="li@example.cn"), str(colleague("Ren"))
    one = event(
        "1@x", ";TZID=Europe/Berlin:20260305T090000", ";TZID=Europe/Berlin:20260305T100000", "LOCATION:3F",
        "DESCRIPTION:Bring\\, it", "ORGANIZER;CN=Li:mailto:LI@example.cn", "ATTENDEE;CN=Ren:mailto:ren@quintet.example",
        "ATTENDEE;CN=Zhao:mailto:zhao@example.org", "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM",
    )  # fmt: skip
    assert take(one) == ({"created": 1}, [])
    (made,) = planned(api)
    assert (made["title"], made["place"], made["starts_at"]) == ("Demo", "3F", "2026-03-05T08:00:00Z")
    assert (made["time_zone"], made["remind_before"]) == ("Europe/Berlin", [15])
    assert (made["user_ids"], made["person_ids"]) == (sorted([str(api.default.id), ren]), [li["id"]])
    assert made["note"] == "Bring, it\n\n+ Zhao <zhao@example.org>"
    assert [e["title"] for e in api.get(f"/people/{li['id']}/timeline?kind=appointment").json["data"]] == ["Demo"]
    assert take(one) == ({"unchanged": 1}, [])
    assert (len(planned(api)), outbox.types().count("appointment.scheduled")) == (1, 1)
    assert outbox.types().count("appointment.moved") == 0


def test_a_newer_sequence_moves_and_cancels_an_older_one_does_nothing(api: Any, take: Any, outbox: Any) -> None:
    take(event())
    (before,) = planned(api)
    later = event("1@x", ":20260305T110000Z", ":20260305T120000Z", "SEQUENCE:2", "SUMMARY:Talk")
    assert take(later)[0] == {"updated": 1}
    assert take(event("1@x", ":20260305T070000Z", ":20260305T080000Z", "SEQUENCE:1"))[0] == {"unchanged": 1}
    (after,) = planned(api)
    assert (after["id"], after["title"], after["starts_at"]) == (before["id"], "Talk", "2026-03-05T11:00:00Z")
    assert outbox.types().count("appointment.moved") == 1
    gone = event("1@x", ":20260305T110000Z", ":20260305T120000Z", "SEQUENCE:3", "STATUS:CANCELLED")
    assert (take(gone)[0], take(gone)[0]) == ({"cancelled": 1}, {"unchanged": 1})
    assert (planned(api), outbox.types().count("appointment.cancelled")) == ([], 1)
    assert take(event("never@x", ":20260305T110000Z", ":20260305T120000Z", "STATUS:CANCELLED"))[0] == {"skipped": 1}


def test_a_series_with_times_left_out_and_moved(api: Any, take: Any) -> None:
    zone = ";TZID=W. Europe Standard Time"
    series = event(
        "s@x", f"{zone}:20260302T090000", f"{zone}:20260302T100000", "RRULE:FREQ=WEEKLY;COUNT=6",
        f"EXDATE{zone}:20260309T090000,20260330T090000",
    )  # fmt: skip
    moved = event("s@x", f"{zone}:20260317T150000", f"{zone}:20260317T160000", f"RECURRENCE-ID{zone}:20260316T090000")
    off = event("s@x", f"{zone}:20260323T090000", f"{zone}:20260323T100000",
                f"RECURRENCE-ID{zone}:20260323T090000", "STATUS:CANCELLED")  # fmt: skip
    assert take(BERLIN, moved, off, series) == ({"created": 1, "updated": 1, "cancelled": 1}, [])
    starts = ["2026-03-02T08:00:00Z", "2026-03-17T14:00:00Z", "2026-04-06T07:00:00Z"]
    assert [one["starts_at"] for one in planned(api)] == starts, "nine stays nine in summer time"
    assert {one["time_zone"] for one in planned(api)} == {"Europe/Berlin"}
    assert take(BERLIN, moved, off, series)[0] == {"unchanged": 3}
    left_out = series.replace("20260330T090000", "20260330T090000,20260406T090000").replace("UID", "SEQUENCE:1\nUID")
    assert take(BERLIN, left_out)[0] == {"updated": 1}
    assert [one["starts_at"] for one in planned(api)] == starts[:2]
    token = api.post("/calendar/feed").json["token"]
    feed = api.get(f"/public/calendars/{token}.ics", as_=None).text
    assert feed.count("BEGIN:VEVENT") == 2
    days = [line[-11:-7] for line in feed.split("\r\n") if line.startswith("EXDATE;TZID=Europe/Berlin:2026")]
    assert days == ["0309", "0323", "0330", "0406"]


def test_a_series_that_comes_at_other_times_is_made_anew(api: Any, take: Any) -> None:
    weekly = "RRULE:FREQ=WEEKLY;COUNT=3"
    take(event("s@x", ":20260302T090000Z", ":20260302T100000Z", weekly))
    old = planned(api)
    assert take(event("s@x", ":20260303T090000Z", ":20260303T100000Z", weekly, "SEQUENCE:1"))[0] == {"updated": 1}
    days = [one["starts_at"][:10] for one in planned(api)]
    assert days == ["2026-03-03", "2026-03-10", "2026-03-17"]
    assert len(planned(api, f"series_id={old[0]['series_id']}&state=cancelled")) == 3
    assert take(event("s@x", ":20260303T090000Z", ":20260303T100000Z", "SEQUENCE:2"))[0] == {"updated": 1}
    assert [one["starts_at"][:10] for one in planned(api)] == ["2026-03-03"]


def test_a_series_that_was_changed_here_is_still_known(api: Any, take: Any) -> None:
    weekly = "RRULE:FREQ=WEEKLY;COUNT=3"
    take(event("s@x", ":20260302T090000Z", ":20260302T100000Z", weekly))
    series = planned(api)[0]["series_id"]
    assert api.post(f"/appointment-series/{series}/change", json={"place": "3F"}).status_code == 200
    renamed = event(
        "s@x", ":20260302T090000Z", ":20260302T100000Z", weekly, "SEQUENCE:1", "SUMMARY:Talk", "LOCATION:4F"
    )
    assert (take(renamed)[0], take(renamed)[0]) == ({"updated": 1}, {"unchanged": 1})
    assert [(one["title"], one["place"]) for one in planned(api)] == [("Talk", "4F")] * 3
    gone = event("s@x", ":20260302T090000Z", ":20260302T100000Z", weekly, "SEQUENCE:2", "STATUS:CANCELLED")
    assert take(gone)[0] == {"cancelled": 1}
    assert planned(api) == []


def test_of_an_old_series_comes_what_is_not_long_over(api: Any, take: Any) -> None:
    old = event("s@x", ":20240101T090000Z", ":20240101T100000Z", "RRULE:FREQ=MONTHLY;COUNT=30;BYMONTHDAY=1")
    over = event("o@x", ":20240101T090000Z", ":20240101T100000Z", "RRULE:FREQ=MONTHLY;COUNT=3")
    assert take(old, over)[0] == {"created": 1, "skipped": 1}
    days = [one["starts_at"][:10] for one in planned(api)]
    assert (days[0], days[-1], len(days)) == ("2025-10-01", "2026-06-01", 9)


def test_each_event_that_cannot_be_planned_is_named(api: Any, take: Any, outbox: Any) -> None:
    good = event("good@x")
    result, errors = take(
        good,
        event("overlaps@x", ":20260305T093000Z", ":20260305T103000Z"),
        event("zone@x", ";TZID=Mars/Olympus:20260305T120000", ";TZID=Mars/Olympus:20260305T130000"),
        event("end@x", ":20260306T090000Z", ":20260306T080000Z"),
        event("broken@x", ":20260306T090000Z", ":the day after"),
        event("often@x", ":20260306T090000Z", ":20260306T093000Z", "RRULE:FREQ=MINUTELY"),
        event("free@x", ":20260307T090000Z", ":20260307T093000Z", "TRANSP:TRANSPARENT"),
        event("", ":20260308T090000Z", ":20260308T093000Z"),
        event("day@x", ";VALUE=DATE:20260309", ";VALUE=DATE:20260311"),
        time_zone="Asia/Tokyo",
    )
    assert result == {"created": 3, "refused": 6}
    assert [(e["uid"], e["error_field"], e["error_code"]) for e in errors] == [
        ("overlaps@x", "dtstart", "appointment_conflict"), ("zone@x", "dtstart", "unknown_time_zone"),
        ("end@x", "ends_at", "before_start"), ("broken@x", "dtend", "invalid_value"),
        ("often@x", "rrule", "too_frequent"), ("", "uid", "required"),
    ]  # fmt: skip
    starts = ["2026-03-05T09:00:00Z", "2026-03-07T09:00:00Z", "2026-03-08T15:00:00Z"]
    assert [one["starts_at"] for one in planned(api)] == starts
    assert outbox.types().count("appointment.scheduled") == 3
    forced = event("overlaps@x", ":20260305T093000Z", ":20260305T103000Z")
    assert take(forced, force="true")[0] == {"created": 1}


def test_other_encodings_and_broken_alarms_do_not_matter(api: Any, take: Any, run_jobs: Any) -> None:
    broken = event("1@x", ":20260305T090000Z", ":20260305T100000Z", "BEGIN:VALARM\nTRIGGER:soon\nEND:VALARM")
    assert take(broken, event("2@x", ":20260306T090000Z", ":20260306T100000Z"))[0] == {"created": 2}
    title = "与客户讨论报价方案和交货时间，请准时参加会议"
    said = event("3@x", ":20260307T090000Z", ":20260307T100000Z", f"SUMMARY:{title}")
    file = {"file": (io.BytesIO(calendar(said).decode().encode("gb18030")), "会议.ics")}
    assert api.post("/calendar/import", data=file).status_code == 202
    run_jobs()
    assert planned(api)[2]["title"] == title


def test_what_a_colleague_took_over_and_our_own_feed_are_known(api: Any, take: Any, user: Any, colleague: Any) -> None:
    ren = user(id=colleague("Ren"))
    meeting = event("1@x", ":20260305T090000Z", ":20260305T100000Z", "ATTENDEE:mailto:ren@quintet.example")
    take(meeting)
    assert take(meeting, as_=ren)[0] == {"unchanged": 1}
    (mine,) = planned(api)
    assert take(event(f"{mine['id']}@quintet", ":20260305T090000Z", ":20260305T100000Z"))[0] == {"unchanged": 1}
    assert len(planned(api)) == 1
    assert take(meeting, as_=user(id=colleague("Wu"), reach="own"))[0] == {"refused": 1}, "Ren is there already"


def test_twice_at_once_and_after_a_crash_each_is_planned_once(
    api: Any, database: Any, outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = calendar(*(event(f"{day}@x", f":202603{day:02}T090000Z", f":202603{day:02}T100000Z") for day in range(3, 8)))
    who = {"id": str(api.default.id), "kind": "user", "reach": "all", "team_id": None, "partner_id": None}
    params = {"actor": who, "time_zone": None, "force": False}
    runs = []
    for _ in range(2):
        with database.transaction() as open_:
            job = start_job(open_, running.KIND, params=params, file=io.BytesIO(raw), total=5)
            job.status = "running"
        runs.append(JobRun(database, job))
    with monkeypatch.context() as dies:
        real = running.take
        dies.setattr(running, "take", lambda s, e, w, **k: 1 / 0 if e.uid == "5@x" else real(s, e, w, **k))
        with pytest.raises(ZeroDivisionError):
            running.import_calendar(runs[0])
    assert (len(planned(api)), runs[0].state["next"]) == (2, 2)
    at_once(*[lambda run=run: running.import_calendar(run) for run in runs])
    assert (len(planned(api)), outbox.types().count("appointment.scheduled")) == (5, 5)


@pytest.mark.parametrize(
    ("content", "said", "code"),
    [
        (b"no calendar", {}, "no_calendar"),
        (b"", {}, "no_events"),
        (calendar(), {}, "no_events"),
        (b"x" * (2 * 1024 * 1024 + 1), {}, "too_large"),
        (calendar(event()), {"time_zone": "Asia/Shenzhen"}, "unknown_time_zone"),
    ],
)
def test_what_is_no_calendar_is_refused(api: Any, content: bytes, said: dict[str, str], code: str) -> None:
    response = api.post("/calendar/import", data=said | {"file": (io.BytesIO(content), "x.ics")})
    assert (response.status_code, response.json["errors"][0]["code"]) == (422, code)
    assert api.get("/jobs").json["data"] == []


def test_only_users_have_a_calendar(api: Any, user: Any) -> None:
    client = user(kind="client", id=uuid7())
    file = {"file": (io.BytesIO(calendar(event())), "x.ics")}
    assert api.post("/calendar/import", data=file, as_=client).status_code == 403


def test_an_erasure_takes_who_attended_out_of_it(api: Any, take: Any, person: Any) -> None:
    li = person(name="Li Na", email="li@example.cn")["id"]
    one = event(
        "1@x", ":20260305T090000Z", ":20260305T100000Z", "SUMMARY:Demo for Li Na", "ATTENDEE:mailto:li@example.cn"
    )
    take(one)
    request = api.post("/privacy/requests", json={"kind": "erasure", "person_id": li, "identity": "seen"}).json
    assert api.post(f"/privacy/requests/{request['id']}/begin").status_code == 202
    (left,) = planned(api)
    assert (left["person_ids"], "Li Na" in left["title"]) == ([], False)
