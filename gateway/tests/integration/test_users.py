from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from chassis.ids import uuid7
from chassis.testing import eventually
from gateway.roles.model import Role
from gateway.users import actions
from gateway.users.model import User

NEW = {"email": "Lin@Example.com", "name": "Lin Yue", "roles": ["sales_rep"], "region": "CN-East"}


@pytest.fixture(autouse=True)
def _roles(runtime):
    pass


@pytest.fixture
def root(person):
    """An administrator, so that others may go."""
    return person("admin", email="root@example.com", name="Root")


def test_a_user_is_created_and_told_of(api, outbox):
    answer = api.post("/users", json=NEW | {"password": "a long enough secret"})
    assert answer.status_code == 201
    user = answer.json
    assert (user["email"], user["roles"], user["active"]) == ("lin@example.com", ["sales_rep"], True)
    assert "password" not in answer.text
    assert answer.headers["Location"] == f"/api/v1/users/{user['id']}"
    (event,) = outbox.events("user.created")
    assert event.subject == f"users/{user['id']}"
    assert event.data == {
        "user_id": user["id"],
        "roles": ["sales_rep"],
        "team_id": None,
        "partner_id": None,
        "active": True,
        "region": "CN-East",
        "time_zone": None,
        "locale": None,
        "personal": {"name": "Lin Yue", "email": "lin@example.com"},
    }


@pytest.mark.parametrize(
    ("changes", "status", "pointer", "code"),
    [
        ({"email": "no address"}, 422, "/email", "not_valid"),
        ({"name": ""}, 422, "/name", "length"),
        ({"roles": ["sales_rep", "king"]}, 422, "/roles/1", "unknown_role"),
        ({"roles": ["partner"]}, 422, "/partner_id", "required"),
        ({"team_id": str(uuid7())}, 422, "/team_id", "unknown_reference"),
        ({"password": "short"}, 422, "/password", "too_short"),
        ({"password": "1234567890"}, 422, "/password", "too_common"),
        ({"password": "aaaaaaaaaaaaa"}, 422, "/password", "too_common"),
        ({"password": "x" * 257}, 422, "/password", "too_long"),
        ({"password": "linyue-2026!"}, 422, "/password", "personal"),
        ({"shoe_size": 42}, 422, "/shoe_size", "unknown_field"),
    ],
)
def test_what_breaks_a_rule_is_named_and_makes_nothing(api, outbox, rows, changes, status, pointer, code):
    answer = api.post("/users", json=NEW | changes)
    assert answer.status_code == status, answer.text
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    if code != "length":
        assert answer.json["errors"][0]["code"] == code
    assert rows(select(User)) == []
    assert outbox.types() == []


def test_an_address_is_taken_in_any_case(api, outbox):
    api.post("/users", json=NEW)
    answer = api.post("/users", json=NEW | {"email": "LIN@example.COM"})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (409, "/email")
    assert outbox.types() == ["user.created"]


def test_a_change_needs_the_version_and_is_told_of(api, root, outbox):
    user = api.post("/users", json=NEW).json
    path = f"/users/{user['id']}"
    assert api.patch(path, json={"name": "Lin"}).status_code == 428
    assert api.patch(path, json={"name": "Lin"}, if_match=99).status_code == 412
    answer = api.patch(path, json={"roles": ["sales_manager", "agent"]}, if_match=user["version"])
    assert answer.status_code == 200
    assert answer.json["roles"] == ["agent", "sales_manager"]
    assert answer.json["version"] > user["version"]
    (event,) = outbox.events("user.updated")
    assert event.data["roles"] == ["agent", "sales_manager"]
    assert event.sequence == answer.json["version"]


def test_a_deactivation_is_told_of_once(api, root, outbox):
    user = api.post("/users", json=NEW).json
    for _ in range(2):
        answer = api.post(f"/users/{user['id']}/deactivate")
        assert (answer.status_code, answer.json["active"]) == (200, False)
    assert len(outbox.events("user.deactivated")) == 1
    assert api.post(f"/users/{user['id']}/activate").json["active"] is True
    assert outbox.events("user.updated")[-1].data["active"] is True


def test_nothing_is_kept_by_which_a_password_could_be_guessed(api, rows):
    body = NEW | {"password": "a long enough secret"}
    user = api.post("/users", json=body, key="k1")
    assert user.status_code == 201
    assert api.post("/users", json=body, key="k1").status_code == 409
    api.post(f"/users/{user.json['id']}/password", json={"password": "another fine secret"}, key="k2")
    api.post("/auth/login", json={"email": NEW["email"], "password": "another fine secret"}, key="k3", as_=None)
    assert rows(text("SELECT key FROM idempotency_keys")) == []


def test_users_are_searched_and_filtered(api, person):
    person("agent", email="lin@example.com", name="林悦")
    person("agent", email="max@example.com", name="Max Weber", region="EU")
    assert [u["email"] for u in api.get("/users?q=林").json["data"]] == ["lin@example.com"]
    assert [u["email"] for u in api.get("/users?q=weber").json["data"]] == ["max@example.com"]
    assert [u["email"] for u in api.get("/users?region=EU").json["data"]] == ["max@example.com"]
    assert api.get("/users?shoe=1").status_code == 400


def test_an_administrator_sets_a_password_and_ends_sessions(api, person, log_in):
    user = person("agent", email="lin@example.com")
    tokens = log_in("lin@example.com")
    path = f"/users/{user.id}/password"
    assert api.post(path, json={"password": "short"}).status_code == 422
    assert api.post(path, json={"password": "another fine secret"}).status_code == 204
    again = api.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}, as_=None)
    assert again.status_code == 401
    log_in("lin@example.com", "another fine secret")


def test_an_administrator_unlocks(api, person, log_in):
    user = person("agent", email="lin@example.com")
    body = {"email": "lin@example.com", "password": "wrong"}
    statuses = [api.post("/auth/login", json=body, as_=None).status_code for _ in range(7)]
    assert statuses[:5] == [401] * 5
    assert api.post(f"/users/{user.id}/unlock").status_code == 204
    log_in("lin@example.com")


def test_an_administrator_logs_somebody_out(api, person, log_in):
    user = person("agent", email="lin@example.com")
    tokens = log_in("lin@example.com")
    assert api.post(f"/users/{user.id}/logout").status_code == 204
    again = api.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}, as_=None)
    assert again.status_code == 401


class TestTheLastAdministrator:
    def test_stays_active(self, api, root, outbox, rows):
        answer = api.post(f"/users/{root.id}/deactivate")
        assert (answer.status_code, answer.json["code"]) == (409, "last_administrator")
        assert rows(select(User.active)) == [True]
        assert outbox.types() == ["user.created"]

    def test_keeps_the_role(self, api, root, rows):
        version = api.get(f"/users/{root.id}").json["version"]
        answer = api.patch(f"/users/{root.id}", json={"roles": ["agent"]}, if_match=version)
        assert (answer.status_code, answer.json["code"]) == (409, "last_administrator")
        assert api.get(f"/users/{root.id}").json["roles"] == ["admin"]

    def test_of_a_custom_role_keeps_its_scope(self, api, database):
        made = api.post("/roles", json={"key": "boss", "name": "Boss", "scopes": ["gateway:admin"]})
        api.post("/users", json=NEW | {"roles": ["boss"]})
        answer = api.patch(f"/roles/{made.json['id']}", json={"scopes": ["sales:read"]}, if_match=made.json["version"])
        assert (answer.status_code, answer.json["code"]) == (409, "last_administrator")

    def test_of_two_that_remove_each_other_at_once_one_stays(self, api, person, database, rows):
        """The first has not committed when the second looks: it must wait, not see the first still there."""
        first, second = person("admin", email="a@example.com"), person("admin", email="b@example.com")
        with database.session() as session, ThreadPoolExecutor(1) as pool:
            actions.deactivate(session, session.get_one(User, first.id))
            waiting = pool.submit(api.post, f"/users/{second.id}/deactivate")
            waits_for_a_lock = text("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
            eventually(lambda: rows(waits_for_a_lock) == [True] or waiting.done())
            assert not waiting.done()
            session.commit()
            assert waiting.result().json["code"] == "last_administrator"
        assert sorted(rows(select(User.active))) == [False, True]


class TestRoles:
    def test_the_built_in_ones_stay_as_they_are(self, api, rows):
        role = rows(select(Role).where(Role.key == "agent"))[0]
        assert api.patch(f"/roles/{role.id}", json={"name": "x"}, if_match=role.version).json["code"] == "built_in"
        assert api.delete(f"/roles/{role.id}", if_match=role.version).json["code"] == "built_in"

    def test_a_custom_one_is_made_changed_and_removed(self, api):
        body = {
            "key": "intern",
            "name": "Intern",
            "scopes": ["sales:read", "sales:read"],
            "reach": {"sales": "team"},
        }
        role = api.post("/roles", json=body)
        assert role.status_code == 201, role.text
        assert role.json["scopes"] == ["sales:read"]
        assert role.json["reach"] == {"default": "own", "sales": "team"}
        path = f"/roles/{role.json['id']}"
        changed = api.patch(path, json={"reach": {"default": "all"}}, if_match=role.json["version"])
        assert changed.status_code == 409  # there is no administrator yet who could undo it

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"scopes": ["sales:read", "sales:fly"]}, "/scopes/1"),
            ({"reach": {"default": "everything"}}, "/reach/default"),
            ({"reach": {"kitchen": "own"}}, "/reach/kitchen"),
            ({"key": "Not A Key"}, "/key"),
        ],
    )
    def test_what_breaks_a_rule_is_named(self, api, changes, pointer):
        answer = api.post("/roles", json={"key": "intern", "name": "Intern", "scopes": []} | changes)
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json["errors"]] == [pointer]

    def test_one_that_somebody_holds_stays(self, api, root):
        role = api.post("/roles", json={"key": "intern", "name": "Intern", "scopes": ["sales:read"]}).json
        api.post("/users", json=NEW | {"roles": ["intern"]})
        answer = api.delete(f"/roles/{role['id']}", if_match=role["version"])
        assert (answer.status_code, answer.json["code"]) == (409, "in_use")


def test_a_team_with_members_stays_and_an_empty_one_goes(api, person):
    team = api.post("/teams", json={"name": "East"}).json
    person("agent", team_id=team["id"])
    assert api.delete(f"/teams/{team['id']}", if_match=team["version"]).json["code"] == "in_use"
    empty = api.post("/teams", json={"name": "West"}).json
    assert api.delete(f"/teams/{empty['id']}", if_match=empty["version"]).status_code == 204


def test_a_partner_company_is_told_of(api, outbox):
    partner = api.post("/partners", json={"name": "Nordlicht"}).json
    (event,) = outbox.events("partner.created")
    assert event.data == {"partner_id": partner["id"], "name": "Nordlicht"}
    user = api.post("/users", json=NEW | {"roles": ["partner"], "partner_id": partner["id"]})
    assert user.status_code == 201
    assert api.post("/partners", json={"name": "Nordlicht"}).status_code == 409
