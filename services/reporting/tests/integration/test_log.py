"""The log: every event once, in an order that never changes, proven whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.db import Database
from chassis.events import Event
from chassis.ids import uuid7
from chassis.testing import at_once
from chassis.testing.client import ApiClient
from chassis.testing.events import Deliver, Tick, make_event
from chassis.testing.fixtures import SettableClock
from chassis.testing.tokens import Caller
from reporting.log import numbering
from reporting.projections import projector
from reporting.testing.history import Storyteller

Hear = Callable[[list[Event]], None]


def lead_event(position: int | None = None, **data: object) -> Event:
    lead_id = uuid7()
    data = {"lead_id": str(lead_id), "status": "new", "source": "web_form"} | data
    return make_event("sales", "lead.created", data, subject=f"leads/{lead_id}", position=position)


def positions(api: ApiClient, query: str = "") -> list[int]:
    return [event["position"] for event in api.get(f"/events{query}").json["data"]]


def test_an_event_is_logged_whole(api: ApiClient, hear: Hear, clock: SettableClock) -> None:
    event = replace(
        lead_event(7, person_id=str(uuid7()), personal={"name": "李娜"}),
        causationid="c",
        actorid=str(uuid7()),
    )
    hear([event])
    (logged,) = api.get("/events").json["data"]
    assert logged == {
        "position": 1,
        "id": str(event.id),
        "source": "/sales",
        "type": "lead.created",
        "version": 1,
        "subject": event.subject,
        "time": "2026-03-02T09:00:00Z",
        "sequence": 1,
        "sourceposition": 7,
        "correlationid": event.correlationid,
        "causationid": "c",
        "actorid": event.actorid,
        "data": event.data,
    }


def test_the_same_event_twice_is_logged_once(api: ApiClient, hear: Hear, session: object, database: Database) -> None:
    event = lead_event(1)
    hear([event, event])
    hear([event])
    with database.transaction() as changed:
        changed.execute(text("DELETE FROM inbox"))  # as after its retention
    hear([event, lead_event(2)])
    assert positions(api) == [1, 2]


def test_whatever_comes_is_logged(api: ApiClient, hear: Hear, database: Database) -> None:
    events = [
        make_event("elsewhere.not-ours", "thing.done", {}),
        make_event("sales", "deal.won", {"amount": ["\x00", "\ud800", 2**70], "person_id": "no", "team_id": 5}),
        make_event("sales", "deal.won", {}, version=2),
        make_event("contacts", "brand.new", {"deep": {"x": [1, None]}}, subject=""),
        make_event("contacts", "brand.new", {"note": "a\x00b \\u0000"}, personal={"name": "\x00"}),
        make_event("contacts", "brand.new", {"note": "a\x1eb"}, personal={"name": "\x1e,"}),
    ]
    hear(events)
    # The first is of a source that is not heard.
    assert [event["type"] for event in api.get("/events").json["data"]] == [
        "deal.won",
        "deal.won",
        "brand.new",
        "brand.new",
        "brand.new",
    ]
    assert api.get("/events").json["data"][0]["data"]["amount"] == ["\ufffd", "\ufffd", str(2**70)]
    assert [event["data"].get("note") for event in api.get("/events").json["data"][3:]] == [
        "a\ufffdb \\u0000",
        "a\x1eb",
    ]
    with database.reading() as session:
        told = session.scalars(text("SELECT personal FROM event_log ORDER BY position")).all()
    assert told == [None, None, None, {"name": "\ufffd"}, {"name": "\x1e,"}]


def test_the_feed_goes_on_where_it_stopped(api: ApiClient, hear: Hear) -> None:
    hear([lead_event(n) for n in range(1, 6)])
    first = api.get("/events?limit=2").json
    assert ([e["position"] for e in first["data"]], first["next_cursor"], first["after"]) == ([1, 2], "2", 2)
    second = api.get("/events?limit=2&cursor=2").json
    assert ([e["position"] for e in second["data"]], second["after"]) == ([3, 4], 4)
    last = api.get("/events?limit=2&after=4").json
    assert ([e["position"] for e in last["data"]], last["next_cursor"], last["after"]) == ([5], None, 5)
    assert api.get("/events?after=5").json == {"data": [], "next_cursor": None, "after": 5}
    assert api.get("/events?after=5&type=deal.won").json["after"] == 5
    hear([lead_event(6)])
    assert positions(api, "?after=5") == [6]


def test_a_filter_that_finds_little_still_goes_on(api: ApiClient, hear: Hear) -> None:
    hear([lead_event(n) for n in range(1, 6)])
    assert api.get("/events?type=deal.won").json == {"data": [], "next_cursor": None, "after": 5}


def test_filters(api: ApiClient, hear: Hear, clock: SettableClock) -> None:
    one = lead_event(1)
    clock.advance(days=1)
    two = make_event("service-desk", "ticket.created", {"ticket_id": str(uuid7())})
    hear([one, two])
    assert positions(api, "?type=lead.created") == [1]
    assert positions(api, "?type=lead.created,ticket.created") == [1, 2]
    assert positions(api, "?source=/sales") == positions(api, "?source=sales") == [1]
    assert positions(api, f"?subject={two.subject}") == [2]
    assert positions(api, f"?correlationid={two.correlationid}") == [2]
    assert positions(api, "?from=2026-03-03") == [2]
    assert positions(api, "?to=2026-03-02") == [1]
    assert positions(api, "?from=2026-03-02&to=2026-03-03") == [1, 2]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("after=-1", "after", "out_of_range"),
        ("after=x", "after", "not_valid"),
        ("after=9223372036854775808", "after", "out_of_range"),
        ("limit=0", "limit", "out_of_range"),
        ("limit=201", "limit", "out_of_range"),
        ("from=yesterday", "from", "not_valid"),
        ("to=9999-12-31", "to", "out_of_range"),
        ("from=2026-02-02&to=2026-02-01", "to", "invalid"),
        ("colour=red", "colour", "unknown_parameter"),
        ("limit=1&limit=2", "limit", "repeated"),
    ],
)
def test_bad_input_names_the_parameter(api: ApiClient, query: str, field: str, code: str) -> None:
    response = api.get(f"/events?{query}")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    (error,) = response.json["errors"]
    assert (error["pointer"], error["code"]) == (f"/{field}", code)


def test_personal_data_needs_its_scope(api: ApiClient, hear: Hear, user: Callable[..., Caller]) -> None:
    hear([lead_event(1, personal={"name": "李娜"}), lead_event(2)])
    with_scope, without = user(scopes="reporting:read reporting:personal"), user(scopes="reporting:read")
    events = api.get("/events", as_=with_scope).json["data"]
    assert [event["data"].get("personal") for event in events] == [{"name": "李娜"}, None]
    assert "李娜" not in api.get("/events", as_=without).text
    assert api.get("/events", as_=user(scopes="sales:read")).status_code == 403
    assert api.get("/events", as_=None).status_code == 401


def test_the_feed_shows_what_one_reaches(api: ApiClient, hear: Hear, user: Callable[..., Caller]) -> None:
    team, partner, me = uuid7(), uuid7(), user(reach="own")
    hear(
        [
            lead_event(1),
            lead_event(2, team_id=str(team), owner_id=str(uuid7())),
            lead_event(3, owner_id=str(me.id)),
            lead_event(4, partner_id=str(partner), person_id=str(uuid7()), company_id=str(uuid7())),
            make_event("service-desk", "ticket.assigned", {"assignee_id": str(me.id)}),
        ]
    )

    def reached(**who: object) -> list[int]:
        return [event["position"] for event in api.get("/events", as_=user(**who)).json["data"]]

    assert [event["position"] for event in api.get("/events", as_=me).json["data"]] == [3, 5]
    assert reached(reach="team", team_id=team) == [2]
    assert reached(reach="partner", partner_id=partner) == [4]
    assert reached(reach="partner") == []
    assert reached(reach="all") == [1, 2, 3, 4, 5]
    (theirs,) = api.get("/events", as_=user(reach="partner", partner_id=partner)).json["data"]
    assert sorted(theirs["data"]) == ["lead_id", "partner_id", "source", "status"]


def test_gaps_are_reported_when_they_are_overdue_and_filled_by_late_arrivals(
    api: ApiClient, hear: Hear, tick: Tick, clock: SettableClock
) -> None:
    hear([lead_event(1), lead_event(5)])
    assert api.get("/events/gaps").json["data"] == []
    assert api.get("/log/status").json["complete"] is True
    clock.advance(seconds=31)
    gap = {"source": "/sales", "first": 2, "last": 4, "missing": 3, "noticed_at": "2026-03-02T09:00:00Z"}
    assert api.get("/events/gaps").json["data"] == [gap]
    status = api.get("/log/status").json
    assert (status["complete"], status["position"], status["waiting"]) == (False, 2, 0)
    assert status["sources"] == [
        {
            "source": "/sales",
            "highest": 5,
            "events": 2,
            "missing": 3,
            "last_received_at": "2026-03-02T09:00:00Z",
        }
    ]
    hear([lead_event(3)])
    assert [(g["first"], g["last"]) for g in api.get("/events/gaps").json["data"]] == [(2, 2), (4, 4)]
    assert api.get("/events/gaps?older_than=32").json["data"] == []
    hear([lead_event(2), lead_event(4)])
    assert api.get("/events/gaps?older_than=0").json["data"] == []
    assert api.get("/log/status").json["complete"] is True


@pytest.mark.parametrize("erasure", ["contact.erased", "contact.deleted"])
def test_an_erasure_takes_the_personal_part_of_everything_about_the_person(
    erasure: str, api: ApiClient, hear: Hear, database: Database
) -> None:
    person, proposed, other, submission = (str(uuid7()) for _ in range(4))
    personal = {"name": "李娜"}
    hear(
        [
            make_event(
                "marketing",
                "form.submitted",
                {"submission_id": submission, "person_id": proposed},
                personal=personal,
                subject=f"submissions/{submission}",
            ),
            make_event(
                "contacts",
                "contact.identified",
                {"person_id": person, "submission_id": submission},
                personal=personal,
                subject=f"people/{person}",
            ),
            lead_event(1, person_id=person, personal=personal),
            lead_event(2, person_id=other, personal=personal),
        ]
    )
    hear([make_event("contacts", erasure, {"person_id": person}, subject=f"people/{person}")])
    hear([lead_event(3, person_id=person, personal=personal)])
    kept = [event["data"].get("personal") for event in api.get("/events").json["data"]]
    assert kept == [None, None, None, personal, None, None]
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM event_log WHERE personal IS NOT NULL")) == 1
        assert session.scalar(text("SELECT count(*) FROM arrivals")) == 0


def test_an_erasure_takes_only_their_part_of_a_bundle(api: ApiClient, hear: Hear, database: Database) -> None:
    erased, late, other = (str(uuid7()) for _ in range(3))

    def bundle(*people: str) -> Event:
        data = {"job_id": str(uuid7()), "people": [{"person_id": person, "sequence": 1} for person in people]}
        personal = {person: {"name": f"Name of {person}"} for person in people}
        return make_event("contacts", "people.imported", data, personal=personal, subject=f"jobs/{data['job_id']}")

    hear([bundle(erased, other)])
    gone = [make_event("contacts", "contact.erased", {"person_id": p}, subject=f"people/{p}") for p in (erased, late)]
    hear(gone)
    hear([bundle(late, other), bundle(other)])
    kept = [event["data"].get("personal") for event in api.get("/events?type=people.imported").json["data"]]
    assert kept == [{other: {"name": f"Name of {other}"}}] * 3
    with database.reading() as session:
        for person, rows in ((erased, 0), (late, 0), (other, 3)):
            named = text("SELECT count(*) FROM event_log WHERE personal::text LIKE '%' || :name || '%'")
            assert session.scalar(named, {"name": f"Name of {person}"}) == rows


def test_positions_are_dense_and_visible_in_order_with_many_at_work(
    database: Database, deliver: Deliver, api: ApiClient
) -> None:
    """Six workers put down, three projectors number, and a reader that follows the feed misses none."""
    shares = [[lead_event(None) for _ in range(25)] for _ in range(6)]
    seen: list[int] = []

    def put(share: list[Event]) -> Callable[[], None]:
        return lambda: [deliver.again(event) for event in share] and None

    def project() -> None:
        for _ in range(60):
            database.run(projector.advance)

    def follow() -> None:
        after = 0
        for _ in range(60):
            page = api.get(f"/events?after={after}&limit=20").json
            seen.extend(event["position"] for event in page["data"])
            after = page["after"]

    at_once(*(put(share) for share in shares), project, project, project, follow)
    database.run(projector.advance)
    assert seen == list(range(1, len(seen) + 1))
    with database.reading() as session:
        logged = session.execute(text("SELECT position, event_id FROM event_log ORDER BY position")).all()
        assert [row.position for row in logged] == list(range(1, 151))
        assert {row.event_id for row in logged} == {event.id for share in shares for event in share}


def test_a_projector_that_finds_another_at_work_leaves_it_to_that_one(database: Database, deliver: Deliver) -> None:
    deliver.again(lead_event(1))
    with database.transaction() as holder:
        assert numbering.lock(holder)
        assert database.run(projector.advance) == 0
    assert database.run(projector.advance) == 1


def test_a_large_backlog_is_worked_off(database: Database, record: Hear, tick: Tick, api: ApiClient) -> None:
    events = Storyteller(3).tell(250)
    record(events)
    tick("project")
    status = api.get("/log/status").json
    assert (status["position"], status["waiting"]) == (len(events), 0)
    assert {s["source"]: (s["highest"], s["events"], s["missing"]) for s in status["sources"]} == {
        source: (count, count, 0)
        for source in {event.source for event in events}
        for count in [sum(event.source == source for event in events)]
    }
    assert UUID(api.get("/events?limit=1").json["data"][0]["id"]) in {event.id for event in events}


def test_positions_outgrow_32_bits(hear: Hear, database: Database, api: ApiClient) -> None:
    hear([lead_event(1)])
    far = 3_000_000_000
    with database.transaction() as session:
        session.execute(text("UPDATE event_log SET position = :far"), {"far": far})
        session.execute(text("UPDATE generations SET position = :far"), {"far": far})
    hear([lead_event(far)])
    assert positions(api, f"?after={far - 1}") == [far, far + 1]
    assert api.get("/dashboards/overview").json["position"] == far + 1
    assert api.get("/dashboards/overview").json["leads"]["created"] == 2
    assert api.get("/events/gaps?older_than=0").json["data"][0]["last"] == far - 1


def test_what_colleagues_earn_is_for_who_may_read_sales(
    api: ApiClient, hear: Hear, user: Callable[..., Caller]
) -> None:
    earned = {"owner_id": str(uuid7()), "amount": "83.34"}
    hear([make_event("sales", kind, earned) for kind in ("commission.earned", "expense.approved", "target.set")])
    hear([lead_event()])
    marketer, analyst = user(scopes="reporting:read"), user(scopes="reporting:read sales:read")
    seen = {
        caller: [event["type"] for event in api.get("/events", as_=caller).json["data"]]
        for caller in (marketer, analyst)
    }
    assert seen[marketer] == ["lead.created"]
    assert seen[analyst] == ["commission.earned", "expense.approved", "target.set", "lead.created"]
    assert api.get("/events?type=commission.earned", as_=marketer).json["data"] == []
