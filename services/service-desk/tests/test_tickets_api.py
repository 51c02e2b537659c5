"""Tickets over the API."""

import re

import pytest
from sqlalchemy import event

from chassis.ids import uuid7
from chassis.testing import at_once

HELD = "SELECT FROM tickets FOR UPDATE"
MINIMAL = {"subject": "It does not print", "requester_name": "王小明"}


def test_a_ticket_is_opened(api, clock, outbox, agents, ticket):
    (ann,) = agents("Ann")
    opened = ticket(body="Since this morning.", priority="high", channel="phone")
    assert opened["number"] == "T-000001"
    assert (opened["state"], opened["assignee_id"], opened["sla_state"]) == ("new", str(ann), "on_track")
    # 09:00 UTC on a Monday is 17:00 in Shanghai: one hour is left of the day, and one day is nine hours
    assert opened["first_response_due"] == "2026-03-02T10:00:00Z"
    assert opened["resolution_due"] == "2026-03-03T09:00:00Z"
    assert opened["next_due"] == opened["first_response_due"]
    assert outbox.types() == ["ticket.created", "ticket.assigned"]
    created, assigned = outbox.events()
    assert created.data["subject"] == "It does not print"
    assert created.personal == {"requester_name": "王小明"}
    assert (created.subject, created.sequence, assigned.sequence) == (f"tickets/{opened['id']}", 1, 2)
    (message,) = api.get(f"/tickets/{opened['id']}/messages").json["data"]
    assert (message["direction"], message["body"]) == ("in", "Since this morning.")


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"subject": ""}, "/subject", "too_short"),
        ({"subject": "x" * 301}, "/subject", "too_long"),
        ({"priority": "asap"}, "/priority", "not_a_choice"),
        ({"kind": None}, "/kind", "null"),
        ({"channel": "smoke"}, "/channel", "not_a_choice"),
        ({"requester_name": None}, "/person_id", "invalid"),
        ({"requester_email": "nobody"}, "/requester_email", "not_valid"),
        ({"person_id": "17"}, "/person_id", "not_valid"),
        ({"assignee_id": "01976f3a-0c1e-7b52-9a37-2f4d1c8e6b01"}, "/assignee_id", "unknown_agent"),
        ({"state": "closed"}, "/state", "unknown_field"),
    ],
)
def test_bad_input_is_refused_by_field_and_rule(api, outbox, fields, pointer, code):
    answer = api.post("/tickets", json=MINIMAL | fields)
    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [(pointer, code)]
    assert api.get("/tickets").json["data"] == []
    assert outbox.types() == []


def test_the_same_request_twice_opens_one(api, outbox):
    first = api.post("/tickets", json=MINIMAL, key="k1")
    again = api.post("/tickets", json=MINIMAL, key="k1")
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert outbox.types() == ["ticket.created"]


def test_without_a_token_or_scope_nothing_happens(api, user, outbox):
    assert api.post("/tickets", json=MINIMAL, as_=None).status_code == 401
    assert api.post("/tickets", json=MINIMAL, as_=user(scopes="service-desk:read")).status_code == 403
    assert api.get("/tickets", as_=user(scopes="sales:read")).status_code == 403
    assert outbox.types() == []


def test_own_reach_sees_what_one_has(api, user, agents, ticket):
    ann, bo = agents("Ann", "Bo")
    hers, _his = ticket(assignee_id=str(ann)), ticket(assignee_id=str(bo))
    me = user(reach="own", id=ann)
    assert [row["id"] for row in api.get("/tickets", as_=me).json["data"]] == [hers["id"]]
    assert api.get(f"/tickets/{_his['id']}/messages", as_=me).status_code == 404
    assert api.post(f"/tickets/{_his['id']}/resolve", as_=me).status_code == 404


def test_search_finds_by_number_subject_requester_and_company(api, ticket):
    one = ticket(subject="Printer offline", requester_name="王小明", company_name="Äther GmbH")
    ticket(subject="Invoice wrong", requester_name="Bob Miller")
    for query in ("T-000001", "printer", "offl", "小明", "äther", "王小明 printer"):
        assert [row["id"] for row in api.get("/tickets", query_string={"q": query}).json["data"]] == [one["id"]], query
    assert api.get("/tickets?q=nothing").json["data"] == []


def test_filters_and_sorts(api, agents, ticket, clock):
    (ann,) = agents("Ann")
    person, company, deal = (str(uuid7()) for _ in range(3))
    first = ticket(person_id=person, priority="low")
    clock.advance(minutes=1)
    second = ticket(company_id=company, deal_id=deal, priority="urgent", kind="complaint")
    for query, found in {
        f"person_id={person}": [first],
        f"company_id={company}": [second],
        f"deal_id={deal}": [second],
        "priority__in=low,urgent&sort=next_due": [second, first],
        f"assignee_id={ann}&sort=created_at": [first, second],
        "kind=complaint": [second],
        "state=closed": [],
        "created_at__gt=2026-03-02T09:00:30Z": [second],
        "sla_state=on_track&limit=1": [second],
    }.items():
        answer = api.get(f"/tickets?{query}")
        assert [row["id"] for row in answer.json["data"]] == [t["id"] for t in found], query
    page = api.get("/tickets?limit=1").json
    rest = api.get(f"/tickets?limit=1&cursor={page['next_cursor']}").json
    assert ([page["data"][0]["id"], rest["data"][0]["id"]], rest["next_cursor"]) == (
        [second["id"], first["id"]],
        None,
    )
    for wrong in ("colour=red", "person_id=x", "sort=subject", "limit=0", "priority__like=a"):
        assert api.get(f"/tickets?{wrong}").status_code == 400, wrong


def test_a_change_needs_the_version_that_was_read(api, ticket, outbox):
    opened = ticket()
    url = f"/tickets/{opened['id']}"
    assert api.patch(url, json={"subject": "New"}).status_code == 428
    assert api.patch(url, json={"subject": "New"}, if_match=99).status_code == 412
    changed = api.patch(url, json={"subject": "New"}, if_match=opened["version"])
    assert (changed.status_code, changed.json["subject"]) == (200, "New")
    assert api.patch(url, json={"subject": "Older"}, if_match=opened["version"]).status_code == 412
    assert outbox.one("ticket.updated").data["changed"] == ["subject"]
    again = api.patch(url, json={"subject": "New"}, if_match=changed.json["version"])
    assert (again.status_code, again.json["version"]) == (200, changed.json["version"])


def test_another_priority_moves_the_due_instants(api, clock, ticket):
    opened = ticket(priority="normal")
    clock.advance(minutes=20)
    url, version = f"/tickets/{opened['id']}", opened["version"]
    raised = api.patch(url, json={"priority": "urgent"}, if_match=version).json
    # half an hour is promised, 20 minutes of which have passed
    assert raised["first_response_due"] == "2026-03-02T09:30:00Z"
    assert raised["resolution_due"] == "2026-03-03T04:00:00Z"
    back = api.patch(url, json={"priority": "normal"}, if_match=raised["version"]).json
    assert back["first_response_due"] == opened["first_response_due"]
    assert back["resolution_due"] == opened["resolution_due"]


def test_two_agents_resolve_at_once_and_one_wins(api, ticket, outbox, all_waiting):
    url = f"/tickets/{ticket()['id']}/resolve"
    answers = all_waiting(HELD, *[lambda: api.post(url, json={"resolution": "Restarted"})] * 4)
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    assert {a.json["code"] for a in answers if a.status_code == 409} == {"already_resolved"}
    assert outbox.types() == ["ticket.created", "ticket.resolved", "survey.sent"]


def test_two_agents_reply_at_once_and_both_are_heard(api, ticket, outbox, all_waiting):
    id_ = ticket()["id"]
    calls = [lambda n=n: api.post(f"/tickets/{id_}/reply", json={"body": f"Answer {n}"}) for n in range(6)]
    assert [a.status_code for a in all_waiting(HELD, *calls)] == [201] * 6
    assert len(api.get(f"/tickets/{id_}/messages").json["data"]) == 6
    replied = outbox.events("ticket.replied")
    assert [e.sequence for e in replied] == [2, 3, 4, 5, 6, 7]
    assert {e.data["first_responded_at"] for e in replied} == {replied[0].data["first_responded_at"]}


def test_tickets_opened_at_once_share_the_agents_evenly(api, agents, ticket):
    ids = agents("Ann", "Bo", "Cy", "Di")
    opened = at_once(*[ticket] * 12)
    assert sorted(t["number"] for t in opened) == [f"T-{n:06d}" for n in range(1, 13)]
    given = [t["assignee_id"] for t in opened]
    assert {id_: given.count(id_) for id_ in given} == {str(id_): 3 for id_ in ids}


def test_a_reply_and_a_resolution_at_once_both_count(api, ticket, outbox, all_waiting):
    """Whichever is first: both are allowed in every order, and no sequence is given twice."""
    url = f"/tickets/{ticket()['id']}"
    calls = (
        lambda: api.post(f"{url}/resolve", json={"survey": False}),
        lambda: api.post(f"{url}/reply", json={"body": "Done"}),
    )
    assert sorted(a.status_code for a in all_waiting(HELD, *calls)) == [200, 201]
    assert sorted(outbox.types()) == ["ticket.created", "ticket.replied", "ticket.resolved"]
    assert len({event.sequence for event in outbox.events()}) == 3
    assert api.get(url).json["state"] == "resolved"


def test_a_page_of_tickets_costs_two_statements(api, database, ticket):
    for _ in range(8):
        ticket()
    statements = []

    def count(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        assert len(api.get("/tickets").json["data"]) == 8
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    assert [re.search(r"FROM (\w+)", statement)[1] for statement in statements] == ["tickets", "sla_clocks"]
