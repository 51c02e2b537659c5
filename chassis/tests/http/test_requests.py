"""What surrounds every request: tokens, scopes, reach, input, preconditions, repeats."""

import threading
from uuid import uuid4

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import DBAPIError

from chassis.access import noun
from chassis.errors import NotFound
from chassis.testing import at_once, check_migrations


def make(api, **fields):
    response = api.post("/notes", json={"title": "Tea", "price": "2.50"} | fields)
    assert response.status_code == 201, response.text
    return response.json


def test_the_migrations_hold(service):
    from notebook.base import Base

    check_migrations(service, Base)


def test_a_created_note_is_answered_with_its_location_and_etag(api, outbox):
    response = api.post("/notes", json={"title": " Tea ", "price": "2.50", "phone": "138 0013 8000"})
    assert response.status_code == 201
    assert response.json["title"] == "Tea"
    assert response.json["price"] == "2.50"
    assert response.json["phone"] == "+8613800138000"
    assert response.headers["ETag"] == '"1"'
    assert response.headers["Location"] == f"/api/v1/notebook/notes/{response.json['id']}"
    assert outbox.types() == ["note.created"]
    read = api.get(f"/notes/{response.json['id']}")
    assert read.json == response.json
    assert api.get(f"/notes/{response.json['id']}", headers={"If-None-Match": '"1"'}).status_code == 304


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/title", "required"),
        ({"title": ""}, "/title", "too_short"),
        ({"title": "x" * 51}, "/title", "too_long"),
        ({"title": "x", "price": "-1"}, "/price", "out_of_range"),
        ({"title": "x", "price": "1.00001"}, "/price", "decimals"),
        ({"title": "x", "price": "NaN"}, "/price", "invalid"),
        ({"title": "x", "price": True}, "/price", "not_valid"),
        ({"title": "x", "phone": "12"}, "/phone", "not_valid"),
        ({"title": "x", "colour": "red"}, "/colour", "unknown_field"),
        ({"title": "a\x00b"}, "/title", "nul_character"),
        ({"title": "x", "lines": [{"a": 1}, {"b": ["c", "\x00"]}]}, "/lines/1/b/1", "nul_character"),
        ({"title": "x", "\x00": 1}, "", "nul_character"),
        ({"title": None}, "/title", "null"),
    ],
)
def test_bad_input_is_refused_with_field_and_rule(api, outbox, body, pointer, code):
    response = api.post("/notes", json=body)
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert response.json["errors"][0]["pointer"] == pointer
    assert response.json["errors"][0]["code"] == code
    assert len(response.json["trace_id"]) == 32
    assert api.get("/notes").json == {"data": [], "next_cursor": None}
    assert outbox.types() == []


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"data": b"{", "content_type": "application/json"}, 400, "not_json"),
        ({"data": b"a=b", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ({"json": [1]}, 422, "invalid"),
        ({"json": {"title": "x"}, "query_string": "x=1"}, 400, "unknown_parameter"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(api, options, status, code):
    response = api.post("/notes", **options)
    assert (response.status_code, response.json["code"]) == (status, code)


def test_no_token_a_forged_an_expired_and_a_weak_one(api, user):
    assert api.get("/notes", as_=None).status_code == 401
    assert api.get("/notes", as_=None).headers["WWW-Authenticate"] == 'Bearer realm="quintet"'
    forged = user().token[:-4] + "AAAA"
    assert api.get("/notes", as_=None, headers={"Authorization": f"Bearer {forged}"}).json["code"] == "token_invalid"
    assert api.get("/notes", as_=user(lifetime=-1)).json["code"] == "token_expired"
    weak = api.post("/notes", json={"title": "x"}, as_=user(scopes="notebook:read"))
    assert (weak.status_code, weak.json["code"]) == (403, "missing_scope")


def test_reach_decides_what_is_listed_read_and_changed(api, user):
    team = uuid4()
    mine, mate, stranger = (
        user(reach="own", team_id=team),
        user(reach="team", team_id=team),
        user(reach="own"),
    )
    note = api.post("/notes", json={"title": "x"}, as_=mine).json
    assert [n["id"] for n in api.get("/notes", as_=mine).json["data"]] == [note["id"]]
    assert [n["id"] for n in api.get("/notes", as_=mate).json["data"]] == [note["id"]]
    assert api.get("/notes", as_=stranger).json["data"] == []
    assert api.get(f"/notes/{note['id']}", as_=stranger).status_code == 404
    assert api.patch(f"/notes/{note['id']}", json={"title": "y"}, if_match=1, as_=stranger).status_code == 404
    assert api.post(f"/notes/{note['id']}/publish", as_=stranger).status_code == 404
    partner = user(reach="partner", partner_id=uuid4())
    own = api.post("/notes", json={"title": "z"}, as_=partner).json
    assert [n["id"] for n in api.get("/notes", as_=partner).json["data"]] == [own["id"]]


def test_what_is_internal_refuses_partners(api, user):
    refused = api.get("/figures", as_=user(reach="partner", partner_id=uuid4()))
    assert (refused.status_code, refused.json["code"]) == (403, "not_for_partners")
    assert api.get("/figures", as_=user(reach="own")).json == {"notes": 7}


def test_a_hidden_field_is_neither_read_filtered_nor_sorted_by(api, user):
    partner = user(reach="partner", partner_id=uuid4())
    note = api.post("/notes", json={"title": "x", "grade": "A"}, as_=partner).json
    assert "grade" not in note
    assert "grade" not in api.get("/notes", as_=partner).json["data"][0]
    assert api.get("/notes?grade=A", as_=partner).status_code == 400
    assert api.get("/notes?grade__in=A", as_=partner).status_code == 400
    assert api.get("/notes?sort=-grade", as_=partner).status_code == 400
    assert api.get("/notes?grade=A").json["data"][0]["grade"] == "A"


def test_a_change_needs_the_version_that_was_read(api):
    note = make(api)
    path = f"/notes/{note['id']}"
    assert api.patch(path, json={"title": "b"}).status_code == 428
    assert api.patch(path, json={"title": "b"}, if_match="x").status_code == 400
    assert api.patch(path, json={"title": "b"}, if_match=7).status_code == 412
    changed = api.patch(path, json={"title": "b"}, if_match=1)
    assert (changed.status_code, changed.json["title"], changed.headers["ETag"]) == (200, "b", '"2"')
    assert api.patch(path, json={"title": "c"}, if_match=1).status_code == 412
    assert api.delete(path, if_match=1).status_code == 412
    assert api.delete(path, if_match=2).status_code == 204
    assert api.get(path).status_code == 404


def test_a_repeated_post_with_its_key_changes_nothing_twice(api, outbox):
    first = api.post("/notes", json={"title": "x"}, key="k1")
    again = api.post("/notes", json={"title": "x"}, key="k1")
    assert (again.status_code, again.json, again.headers["Location"]) == (
        201,
        first.json,
        first.headers["Location"],
    )
    assert again.headers["Idempotent-Replayed"] == "true"
    assert api.post("/notes", json={"title": "y"}, key="k1").json["errors"][0]["code"] == "key_reused"
    assert len(api.get("/notes").json["data"]) == 1
    assert outbox.types() == ["note.created"]


def test_a_refused_post_does_not_use_up_its_key(api):
    assert api.post("/notes", json={"title": ""}, key="k").status_code == 422
    assert api.post("/notes", json={"title": "x"}, key="k").status_code == 201


def test_a_repeat_while_the_first_is_under_way_is_a_conflict(api):
    from notebook.app import BEGUN, HOLD

    answers: list[int] = []
    first = threading.Thread(target=lambda: answers.append(api.post("/slow", key="k").status_code))
    first.start()
    try:
        assert BEGUN.wait(10)
        assert api.post("/slow", key="k").json["code"] == "in_progress"
    finally:
        HOLD.set()
        first.join()
    assert answers == [200]


def test_twenty_at_once_with_one_key_make_one_note(api):
    answers = at_once(*[lambda: api.post("/notes", json={"title": "x"}, key="same") for _ in range(20)])
    assert {a.status_code for a in answers} <= {201, 409}
    assert len(api.get("/notes").json["data"]) == 1


def test_two_publish_at_once_and_one_is_refused(api, outbox):
    note = make(api)
    answers = at_once(*[lambda: api.post(f"/notes/{note['id']}/publish") for _ in range(2)])
    assert sorted(a.status_code for a in answers) == [200, 409]
    assert len(outbox.events()) == 2


def test_a_taken_value_names_its_field(api):
    make(api, code="A1")
    response = api.post("/notes", json={"title": "x", "code": "A1"})
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (409, "/code")


def test_a_fault_of_ours_tells_the_client_nothing(api):
    response = api.get("/boom")
    assert (response.status_code, response.json["code"]) == (500, "internal_error")
    assert "secret" not in response.text


def test_what_is_not_there_and_what_is_not_allowed_are_problems(api):
    assert api.get("/nothing").mimetype == "application/problem+json"
    assert api.get("/notes/not-an-id").status_code == 404
    refused = api.put("/notes")
    assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")


def test_messages_name_a_record_in_words():
    class ExpenseReport:
        pass

    assert NotFound(noun(ExpenseReport)).detail == "There is no such expense report."


def test_health_and_description(api):
    assert api.get("/livez", as_=None).json == {"live": True}
    assert api.get("/readyz", as_=None).json["ready"] is True
    document = api.get("/openapi.json", as_=None).json
    assert document["openapi"] == "3.1.0"
    create = document["paths"]["/api/v1/notebook/notes"]["post"]
    assert create["x-scope"] == "notebook:write"
    assert set(create["responses"]) >= {"201", "400", "401", "403", "409", "415", "422"}
    names = [p["name"] for p in document["paths"]["/api/v1/notebook/notes"]["get"]["parameters"]]
    assert {"limit", "cursor", "sort", "q", "price__gte", "title", "title__in"} <= set(names)
    created = create["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    fields = document["components"]["schemas"][created]["properties"]
    assert (fields["phone"]["type"], fields["price"]["type"]) == (["string", "null"], "string")
    assert "quintet_http_request_seconds" in api.get("/metrics", as_=None).text


def test_every_route_declares_a_scope_or_is_public(app):
    assert [r.path for r in app.extensions["quintet"]["routes"] if not r.scope and not r.public] == []


def test_an_attempt_after_a_deadlock_gets_the_whole_request_again(api, outbox, monkeypatch):
    from chassis.http import endpoint

    attempt, seen = endpoint._commit_ready, []

    def deadlocked_once(route, session, arguments):
        seen.append(dict(arguments["body"]))
        if len(seen) == 1:
            arguments["body"].pop("price")
            raise DBAPIError("UPDATE", {}, DeadlockDetected())
        return attempt(route, session, arguments)

    monkeypatch.setattr(endpoint, "_commit_ready", deadlocked_once)
    assert make(api, title="Tea", price="2.50")["price"] == "2.50"
    assert seen[0] == seen[1]
    assert outbox.types() == ["note.created"]
