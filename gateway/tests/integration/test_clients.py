from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select, text, update

from gateway.clients.model import ApiClient
from gateway.tokens.real_time import real_now

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client(api, runtime):
    body = {"name": "Billing", "scopes": ["sales:read", "contacts:read"], "reach": {"default": "all"}}
    answer = api.post("/clients", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json


def ask(api, data, authorization=None, content_type=FORM):
    headers = {"Authorization": authorization} if authorization else {}
    return api.post("/auth/token", data=data, content_type=content_type, headers=headers, as_=None)


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def grant(client, **more):
    credentials = {"client_id": client["client_id"], "client_secret": client["client_secret"]}
    return {"grant_type": "client_credentials"} | credentials | more


def test_the_secret_is_shown_once_and_kept_nowhere(api, client, database, rows):
    assert client["client_id"] == client["id"]
    assert client["client_secret"].startswith("qnt_")
    assert client["client_secret"] not in api.get(f"/clients/{client['id']}").text
    assert client["client_secret"] not in api.get("/clients").text
    with database.session() as session:
        for table in ("api_clients", "idempotency_keys", "outbox", "audit_entries"):
            found = session.scalars(text(f"SELECT t::text FROM {table} t")).all()
            assert not any(client["client_secret"] in row for row in found)


def test_a_token_in_each_way_of_the_rfc(api, client, runtime):
    ways = [
        ask(api, grant(client)),
        ask(api, {"grant_type": "client_credentials"}, basic(client["client_id"], client["client_secret"])),
        ask(api, json.dumps(grant(client)), content_type="application/json"),
    ]
    for answer in ways:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 600)
        assert answer.json["scope"] == "contacts:read sales:read"
        claims = jwt.decode(answer.json["access_token"], options={"verify_signature": False})
        assert (claims["sub"], claims["kind"]) == (client["id"], "client")
        assert claims["reach"] == {"default": "all"}


def test_scope_asks_for_less_and_never_for_more(api, client):
    assert ask(api, grant(client, scope="sales:read")).json["scope"] == "sales:read"
    answer = ask(api, grant(client, scope="sales:read gateway:admin"))
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "01a20340-7017-777a-9fbc-1b54d5a0eb83"}, 401, "invalid_client"),
        ({"client_id": "not an id"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
    ],
)
def test_errors_are_those_of_the_rfc(api, client, changes, status, error):
    answer = ask(api, grant(client, **changes))
    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert answer.mimetype == "application/json"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ("grant_type=client_credentials&grant_type=client_credentials", FORM),
        ("[1]", "application/json"),
        ("{broken", "application/json"),
        ('{"grant_type": 1}', "application/json"),
        ("grant_type=client_credentials", "text/plain"),
    ],
)
def test_a_request_that_makes_no_sense(api, client, data, content_type):
    answer = ask(api, data, basic(client["client_id"], client["client_secret"]), content_type)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_credentials_in_two_places_and_an_unreadable_header(api, client):
    both = ask(api, grant(client), basic(client["client_id"], client["client_secret"]))
    assert (both.status_code, both.json["error"]) == (400, "invalid_request")
    assert ask(api, {"grant_type": "client_credentials"}, "Basic ???").status_code == 401


def test_after_a_rotation_the_old_secret_counts_as_long_as_was_said(api, client, database, runtime):
    old = dict(client)
    rotated = api.post(f"/clients/{client['id']}/rotate", json={"keep_old_for": 60}, if_match=client["version"])
    assert rotated.status_code == 200, rotated.text
    assert rotated.json["client_secret"] != old["client_secret"]
    assert ask(api, grant(rotated.json)).status_code == 200
    assert ask(api, grant(old)).status_code == 200
    with database.transaction() as session:
        session.execute(update(ApiClient).values(old_until=real_now() - timedelta(seconds=1)))
    assert ask(api, grant(old)).status_code == 401


def test_a_rotation_ends_secret_and_tokens_at_once_unless_told_otherwise(api, client, runtime):
    token = ask(api, grant(client)).json["access_token"]
    path = f"/clients/{client['id']}/rotate"
    assert api.post(path, json={}, if_match=client["version"]).status_code == 200
    assert api.post(path, json={}, if_match=client["version"]).status_code == 412
    assert ask(api, grant(client)).status_code == 401
    runtime.revoked.refresh()
    answer = api.get("/auth/me", as_=None, headers={"Authorization": f"Bearer {token}"})
    assert answer.json["code"] == "token_revoked"


def test_an_inactive_client_gets_nothing(api, client):
    path = f"/clients/{client['id']}"
    assert api.patch(path, json={"active": False}, if_match=client["version"]).status_code == 200
    assert ask(api, grant(client)).status_code == 401


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"scopes": ["sales:fly"]}, "/scopes/0"),
        ({"reach": {"default": "partner"}}, "/partner_id"),
        ({"rate_limit": "a lot"}, "/rate_limit"),
    ],
)
def test_what_breaks_a_rule_is_named_and_makes_nothing(api, runtime, rows, changes, pointer):
    answer = api.post("/clients", json={"name": "Billing", "scopes": []} | changes)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert rows(select(ApiClient)) == []


def test_a_client_asks_who_it_is(api, client):
    token = ask(api, grant(client, scope="sales:read")).json["access_token"]
    shown = api.get("/auth/me", as_=None, headers={"Authorization": f"Bearer {token}"}).json
    assert (shown["kind"], shown["name"], shown["scopes"]) == ("client", "Billing", ["sales:read"])
