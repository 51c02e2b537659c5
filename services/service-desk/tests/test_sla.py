"""Promises, kept and broken, on a set clock and a real database."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from chassis.testing import at_once
from service_desk.sla.sweep import sweep

FRIDAY_4PM = datetime(2026, 9, 25, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai


def sla_events(outbox):
    return [
        (e.type, e.data.get("metric") or e.data["reason"])
        for e in outbox.events()
        if e.type in ("sla.at_risk", "sla.breached", "ticket.escalated")
    ]


FIRST = [
    ("sla.at_risk", "first_response"),
    ("sla.breached", "first_response"),
    ("ticket.escalated", "sla_first_response"),
]
WHOLE = [
    ("sla.at_risk", "resolution"),
    ("sla.breached", "resolution"),
    ("ticket.escalated", "sla_resolution"),
]


MANY_CLOCKS = """
    INSERT INTO sla_clocks (id, ticket_id, calendar_id, metric, target, risk_percent, "left", due_at, risk_at, look_at,
                            version, created_at, updated_at)
    SELECT gen_random_uuid(), gen_random_uuid(), calendar_id, metric, target, risk_percent, "left", due_at, risk_at,
           look_at + interval '1 year', 1, created_at, updated_at
    FROM sla_clocks, generate_series(1, 10000)
"""


@pytest.fixture
def calendar(api):
    def make(zone="Europe/Berlin", **fields):
        hours = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
        answer = api.post("/calendars", json={"name": zone, "zone": zone, "hours": hours} | fields)
        assert answer.status_code == 201, answer.text
        return answer.json

    return make


@pytest.fixture
def policy(api):
    def make(calendar, **fields):
        body = {"name": "Gold", "rank": 1, "calendar_id": calendar["id"], "resolution_minutes": 480} | fields
        answer = api.post("/sla-policies", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json

    return make


def test_each_thing_is_told_once_in_its_time(clock, tick, ticket, outbox, api):
    opened = ticket(priority="urgent")  # half an hour to answer, four hours to resolve
    told = []
    for minutes in range(0, 60 * 24, 3):
        clock.set(datetime(2026, 3, 2, 9, 0, tzinfo=UTC).replace(hour=9 + minutes // 60 % 15, minute=minutes % 60))
        if minutes >= 60 * 15:
            break
        tick("watch_service_levels")
        told.append((clock.instant, len(sla_events(outbox))))
    assert sla_events(outbox) == FIRST
    first = {count: instant for instant, count in reversed(told)}
    assert first[1] == datetime(2026, 3, 2, 9, 27, tzinfo=UTC)  # the first look after 80 % of 30 minutes
    assert first[3] == datetime(2026, 3, 2, 9, 33, tzinfo=UTC)  # the first look after, not at, the due instant
    clock.set(datetime(2026, 3, 3, 4, 0, 1, tzinfo=UTC))  # 3 hours into Tuesday: four business hours are over
    tick("watch_service_levels")
    tick("watch_service_levels")
    assert sla_events(outbox) == FIRST + WHOLE
    shown = api.get(f"/tickets/{opened['id']}").json
    assert (shown["sla_state"], shown["level"], shown["next_due"]) == ("breached", 2, None)
    assert (shown["first_response_met"], shown["resolution_met"]) == (False, False)


def test_a_promise_kept_at_the_last_instant_is_kept(api, clock, tick, ticket, outbox):
    opened = ticket(priority="urgent")
    clock.set(datetime.fromisoformat(opened["first_response_due"]))
    tick("watch_service_levels")
    api.post(f"/tickets/{opened['id']}/reply", json={"body": "On my way"})
    shown = api.get(f"/tickets/{opened['id']}").json
    assert shown["first_response_met"] is True
    assert sla_events(outbox) == FIRST[:1]


def test_an_answer_too_late_tells_of_the_breach_before_the_timer_does(api, clock, tick, ticket, outbox):
    opened = ticket(priority="urgent")
    clock.advance(minutes=31)
    api.post(f"/tickets/{opened['id']}/reply", json={"body": "Sorry"})
    assert sla_events(outbox) == FIRST
    tick("watch_service_levels")
    assert sla_events(outbox) == FIRST
    assert outbox.types()[-1] == "ticket.replied"
    assert api.get(f"/tickets/{opened['id']}").json["first_response_met"] is False


def test_two_sweeps_at_once_tell_each_thing_once(clock, database, ticket, outbox):
    for _ in range(40):
        ticket(priority="urgent")
    clock.advance(days=3)

    def run():
        def work(session):
            return sweep(session, clock.instant, batch=15)

        return sum(database.run(work) for _ in range(3))

    looked = at_once(run, run, run)
    while database.run(lambda session: sweep(session, clock.instant)):
        pass
    assert sum(looked) >= 40 - 15
    events = [(e.data["ticket_id"], e.type, e.data.get("metric") or e.data["reason"]) for e in outbox.events()
              if e.type.startswith("sla.") or e.type == "ticket.escalated"]  # fmt: skip
    assert len(events) == len(set(events)) == 40 * 6


def test_a_sweep_that_dies_before_its_commit_tells_nothing_and_the_next_tells_all(
    clock, database, tick, ticket, outbox
):
    ticket(priority="urgent")
    clock.advance(hours=20)
    with database.session() as session:
        assert sweep(session, clock.instant) == 1
        session.flush()  # and now the process is killed
    assert sla_events(outbox) == []
    tick("watch_service_levels")
    assert sla_events(outbox) == FIRST + WHOLE


def test_a_sweep_passes_over_what_an_agent_holds(clock, database, tick, ticket, outbox):
    ticket(priority="urgent")
    clock.advance(days=1)
    with database.transaction() as session:
        session.execute(text("SELECT id FROM tickets FOR UPDATE"))
        tick("watch_service_levels")
        assert sla_events(outbox) == []
    tick("watch_service_levels")
    assert sla_events(outbox) == FIRST + WHOLE


def test_weekends_and_holidays_do_not_count(api, clock, ticket, calendar, policy):
    clock.set(FRIDAY_4PM)
    assert ticket(priority="high")["resolution_due"] == "2026-09-28T08:00:00Z"  # Monday, the same hour
    shanghai = api.get("/calendars?name=Office hours").json["data"][0]
    changed = api.patch(
        f"/calendars/{shanghai['id']}",
        json={
            "holidays": [{"date": "2026-09-28", "name": "Holiday"}, {"date": "2026-09-29"}],
            "workdays": [{"date": "2026-09-27", "hours": [["10:00", "12:00"]]}],
        },
        if_match=shanghai["version"],
    )
    assert changed.status_code == 200, changed.text
    # 9 hours: two on Friday, two on Sunday, which is worked instead, none on Monday and Tuesday, five on Wednesday
    assert ticket(priority="high")["resolution_due"] == "2026-09-30T06:00:00Z"


@pytest.mark.parametrize(
    ("friday", "due"),
    [
        (
            "2026-03-27T15:00:00+00:00",
            "2026-03-30T14:00:00Z",
        ),  # 16:00 CET; Monday 16:00 is CEST, an hour earlier in UTC
        ("2026-10-23T14:00:00+00:00", "2026-10-26T15:00:00Z"),  # 16:00 CEST; Monday 16:00 is CET
        ("2026-03-20T15:00:00+00:00", "2026-03-23T15:00:00Z"),
    ],
)
def test_clocks_that_go_forward_or_back_over_the_weekend(clock, tick, outbox, ticket, calendar, policy, friday, due):
    policy(calendar())
    clock.set(datetime.fromisoformat(friday))
    opened = ticket()
    assert (opened["resolution_due"], opened["first_response_due"]) == (due, None)
    clock.set(datetime.fromisoformat(due))
    tick("watch_service_levels")
    assert sla_events(outbox) == WHOLE[:1]
    clock.advance(seconds=1)
    tick("watch_service_levels")
    assert sla_events(outbox) == WHOLE


def test_a_year_of_tickets_through_the_timer(api, clock, tick, outbox, ticket, calendar, policy):
    """One ticket a week, each breached on the next working day, whatever the clocks did in between."""
    holidays = [{"date": "2026-12-25"}, {"date": "2026-05-01"}]
    policy(calendar("America/New_York", holidays=holidays))
    expected = []
    for week in range(12, 52):
        clock.set(datetime.fromisocalendar(2026, week, 5).replace(hour=19, tzinfo=UTC))  # Friday afternoon
        expected.append(ticket()["resolution_due"])
        tick("watch_service_levels")
    clock.set(datetime(2027, 1, 31, tzinfo=UTC))
    tick("watch_service_levels")
    breached = [e.data["due_at"].replace("+00:00", "Z") for e in outbox.events("sla.breached")]
    assert breached == expected
    assert len(outbox.events("sla.at_risk")) == len(outbox.events("ticket.escalated")) == 40


def test_the_clock_rests_while_the_customer_is_awaited(api, clock, tick, ticket, outbox):
    opened = ticket(priority="urgent")
    url = f"/tickets/{opened['id']}"
    clock.advance(minutes=10)
    waiting = api.post(f"{url}/pend").json
    assert (waiting["first_response_due"], waiting["resolution_due"], waiting["next_due"]) == (
        None,
        None,
        None,
    )
    clock.advance(days=14)
    tick("watch_service_levels")
    assert sla_events(outbox) == []
    back = api.post(f"{url}/messages", json={"body": "Here it is", "direction": "in"})
    assert back.status_code == 201
    shown = api.get(url).json
    assert (shown["first_response_due"], shown["resolution_due"]) == (
        "2026-03-16T09:30:00Z",
        "2026-03-17T04:00:00Z",
    )
    clock.set(datetime(2026, 3, 16, 9, 31, tzinfo=UTC))
    tick("watch_service_levels")
    assert sla_events(outbox) == FIRST


def test_resolved_while_pending_shows_when_it_would_have_been_due(api, clock, ticket):
    opened = ticket(priority="urgent")
    api.post(f"/tickets/{opened['id']}/pend")
    clock.advance(days=7)
    shown = api.post(f"/tickets/{opened['id']}/resolve", json={"survey": False}).json["ticket"]
    assert (shown["resolution_met"], shown["resolution_due"]) == (True, "2026-03-10T04:00:00Z")


def test_the_first_policy_by_rank_that_matches_holds(api, ticket, calendar, policy):
    any_complaint = policy(calendar("UTC"), name="Complaints", rank=5, kind="complaint", resolution_minutes=1)
    assert ticket(kind="complaint", priority="low")["first_response_due"] is None
    off = api.patch(f"/sla-policies/{any_complaint['id']}", json={"active": False}, if_match=any_complaint["version"])
    assert off.json["active"] is False
    assert ticket(kind="complaint", priority="low")["first_response_due"] is not None


def test_without_a_policy_nothing_is_promised(api, clock, tick, ticket, outbox):
    for row in api.get("/sla-policies").json["data"]:
        api.patch(f"/sla-policies/{row['id']}", json={"active": False}, if_match=row["version"])
    opened = ticket()
    assert (opened["sla_state"], opened["next_due"], opened["resolution_due"]) == ("none", None, None)
    clock.advance(days=400)
    tick("watch_service_levels")
    resolved = api.post(f"/tickets/{opened['id']}/resolve", json={"survey": False}).json["ticket"]
    assert (resolved["resolution_met"], sla_events(outbox)) == (None, [])


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"zone": "Mars/Olympus"}, "/zone", "unknown_zone"),
        ({"hours": {"mon": [["18:00", "09:00"]]}}, "/hours/mon/0", "not_in_order"),
        ({"hours": {}}, "/hours", "never_open"),
        ({"hours": {"noday": [["09:00", "18:00"]]}}, "/hours/noday", "unknown_weekday"),
        ({"holidays": [{"date": "2026-02-30"}]}, "/holidays/0/date", "not_valid"),
        (
            {"workdays": [{"date": "2026-02-03", "hours": [["9", "10"]]}]},
            "/workdays/0/hours/0/0",
            "not_a_time",
        ),
        ({"name": "Office hours"}, "/name", "taken"),
    ],
)
def test_bad_calendars_are_refused(api, fields, pointer, code):
    body = {"name": "Mine", "zone": "UTC", "hours": {"mon": [["09:00", "18:00"]]}} | fields
    answer = api.post("/calendars", json=body)
    assert answer.status_code in (409, 422), answer.text
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"calendar_id": "01976f3a-0c1e-7b52-9a37-2f4d1c8e6b01"}, "/calendar_id", "unknown_reference"),
        ({"resolution_minutes": 0}, "/resolution_minutes", "out_of_range"),
        ({"resolution_minutes": 1.5}, "/resolution_minutes", "not_valid"),
        ({"risk_percent": 100}, "/risk_percent", "out_of_range"),
        ({"priority": "vip"}, "/priority", "not_a_choice"),
    ],
)
def test_bad_policies_are_refused(api, fields, pointer, code):
    calendar = api.get("/calendars").json["data"][0]
    body = {"name": "Mine", "rank": 1, "calendar_id": calendar["id"], "resolution_minutes": 10} | fields
    answer = api.post("/sla-policies", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["pointer"] == pointer
    assert answer.json["errors"][0]["code"] == code


def test_the_sweep_reads_only_what_is_due(database, ticket):
    """Of 20,000 clocks of which none is due the sweep reads none: it goes by the index on look_at."""
    ticket()
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(MANY_CLOCKS))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE sla_clocks"))
        plan = "\n".join(connection.execute(text(
            "EXPLAIN SELECT ticket_id FROM sla_clocks WHERE look_at < now() ORDER BY look_at LIMIT 200"
        )).scalars())  # fmt: skip
    assert "ix_sla_clocks_look_at" in plan
    assert "Seq Scan" not in plan
