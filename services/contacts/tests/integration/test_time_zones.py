"""Days and hours of who works where, and what becomes of them when the clock changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest


def plan(api: Any, start: str, end: str, **more: Any) -> Any:
    body = {"title": "Demo", "starts_at": start, "ends_at": end} | more
    response = api.post("/appointments", json=body)
    assert response.status_code == 201, response.text
    return response.json


def test_an_appointment_is_in_the_zone_of_who_plans_it(
    api: Any, colleague: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    span = ("2026-03-05T08:00:00Z", "2026-03-05T09:00:00Z")
    assert plan(api, *span, force=True)["time_zone"] == "Asia/Shanghai", "as it was where nobody says anything"
    monkeypatch.setenv("QUINTET_TIME_ZONE", "Europe/Paris")
    assert plan(api, *span, force=True)["time_zone"] == "Europe/Paris"
    colleague(id=api.default.id, time_zone="America/New_York")
    assert plan(api, *span, force=True)["time_zone"] == "America/New_York"
    assert plan(api, *span, force=True, time_zone="Europe/Berlin")["time_zone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("zone", "first", "starts"),
    [
        ("Europe/Berlin", "2026-03-23T08:00:00Z", ["2026-03-23T08", "2026-03-30T07", "2026-04-06T07"]),
        ("America/New_York", "2026-03-02T14:00:00Z", ["2026-03-02T14", "2026-03-09T13", "2026-03-16T13"]),
        ("Asia/Shanghai", "2026-03-23T01:00:00Z", ["2026-03-23T01", "2026-03-30T01", "2026-04-06T01"]),
    ],
)
def test_nine_stays_nine_where_the_series_was_planned(
    api: Any, clock: Any, colleague: Any, zone: str, first: str, starts: list[str]
) -> None:
    clock.set(datetime(2026, 3, 1, tzinfo=UTC))
    colleague(id=api.default.id, time_zone=zone)
    until = first[:11] + f"{int(first[11:13]) + 1:02}:00:00Z"
    plan(api, first, until, recurrence={"rule": "FREQ=WEEKLY;COUNT=3"})
    task = {"title": "Report", "due_at": first, "recurrence": {"rule": "FREQ=WEEKLY;COUNT=3"}}
    made = api.post("/tasks", json=task).json
    assert [one["starts_at"][:13] for one in api.get("/appointments").json["data"]] == starts
    api.post(f"/tasks/{made['id']}/complete", json={})
    assert [one["due_at"][:13] for one in api.get("/tasks?state=open").json["data"]] == starts[1:2]
    token = api.post("/calendar/feed").json["token"]
    feed = api.get(f"/public/calendars/{token}.ics", as_=None).text
    assert f"DTSTART;TZID={zone}:{starts[0][:10].replace('-', '')}T090000" in feed
    assert feed.count("BEGIN:VTIMEZONE") == 1


def test_what_is_due_today_is_due_on_ones_own_day(api: Any, clock: Any, colleague: Any) -> None:
    clock.set(datetime(2026, 3, 29, 21, 30, tzinfo=UTC))  # 23:30 in Berlin, 05:30 of the 30th in Shanghai
    for title, at in [
        ("late", "2026-03-29T21:00:00Z"), ("tonight", "2026-03-29T21:59:59Z"), ("morning", "2026-03-29T22:00:00Z"),
        ("evening", "2026-03-30T21:59:59Z"), ("week", "2026-04-04T21:59:59Z"), ("later", "2026-04-04T22:00:00Z"),
    ]:  # fmt: skip
        assert api.post("/tasks", json={"title": title, "due_at": at}).status_code == 201

    def due(word: str) -> list[str]:
        return [one["title"] for one in api.get(f"/tasks?due={word}").json["data"]]

    assert due("today") == ["late", "tonight", "morning"], "Shanghai's, where nobody says anything: 30 March there"
    colleague(id=api.default.id, time_zone="Europe/Berlin")
    assert (due("overdue"), due("today")) == (["late"], ["late", "tonight"])
    assert due("tomorrow") == ["morning", "evening"]
    assert due("week") == ["late", "tonight", "morning", "evening", "week"]
    export = api.get("/tasks/export?due=tomorrow&format=ndjson").text
    assert export.count("\n") == 2
    refused = api.get("/tasks?due=soon")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (400, "invalid")


def test_free_and_busy_go_by_whole_days_of_a_place(api: Any, clock: Any, colleague: Any) -> None:
    clock.set(datetime(2026, 3, 1, tzinfo=UTC))
    colleague(id=api.default.id, time_zone="Europe/Berlin")
    plan(api, "2026-03-29T08:00:00Z", "2026-03-29T09:00:00Z")

    def free(query: str) -> list[tuple[str, str]]:
        (mine,) = api.get(f"/calendar/busy?{query}").json["users"]
        return [(one["starts_at"], one["ends_at"]) for one in mine["free"]]

    short = [("2026-03-28T23:00:00Z", "2026-03-29T08:00:00Z"), ("2026-03-29T09:00:00Z", "2026-03-29T22:00:00Z")]
    assert free("on=2026-03-29") == short, "23 hours"
    assert free("on=2026-03-30&days=2") == [("2026-03-29T22:00:00Z", "2026-03-31T22:00:00Z")]
    assert free("on=2026-11-01&time_zone=America/New_York") == [("2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z")]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "from"),
        ("from=2026-03-29T00:00:00Z", "from"),
        ("on=2026-03-29&to=2026-03-30T00:00:00Z", "from"),
        ("on=2026-02-30", "on"),
        ("on=9999-12-31", "on"),
        ("on=0001-01-01&time_zone=Asia/Shanghai", "on"),
        ("on=0001-01-02&time_zone=UTC", "on"),
        ("from=0001-01-02T00:00:00Z&to=0001-02-01T00:00:00Z", "from"),
        ("on=2026-03-29&days=93", "days"),
        ("on=2026-03-29&time_zone=Mars/Olympus", "time_zone"),
    ],
)
def test_a_range_that_is_none_is_refused(api: Any, query: str, field: str) -> None:
    response = api.get(f"/calendar/busy?{query}")
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (400, f"/{field}"), response.text
