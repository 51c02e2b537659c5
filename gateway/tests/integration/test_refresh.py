from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chassis.testing import at_once
from gateway.auth.model import LoginSession, RefreshToken
from gateway.tokens.real_time import real_now

PASSWORD = "a long enough secret"


@pytest.fixture
def given(person, log_in):
    person("agent", email="lin@example.com")
    return log_in("lin@example.com")


def refresh(api, token):
    return api.post("/auth/refresh", json={"refresh_token": token}, as_=None)


def me(api, token):
    return api.get("/auth/me", as_=None, headers={"Authorization": f"Bearer {token}"})


def test_a_refresh_token_gives_the_next_pair(api, given):
    answer = refresh(api, given["refresh_token"])
    assert answer.status_code == 200
    assert answer.json["refresh_token"] != given["refresh_token"]
    assert me(api, answer.json["access_token"]).status_code == 200
    assert refresh(api, answer.json["refresh_token"]).status_code == 200


def test_a_spent_token_ends_the_whole_session(api, given, runtime, rows):
    second = refresh(api, given["refresh_token"]).json
    again = refresh(api, given["refresh_token"])
    assert (again.status_code, again.json["code"]) == (401, "invalid_refresh_token")
    assert refresh(api, second["refresh_token"]).status_code == 401
    assert [s.ended_because for s in rows(select(LoginSession))] == ["a refresh token was used twice"]
    runtime.revoked.refresh()
    assert me(api, second["access_token"]).json["code"] == "token_revoked"


def test_of_two_at_once_one_gets_through(api, given, rows):
    answers = at_once(*[lambda: refresh(api, given["refresh_token"])] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    assert len(rows(select(RefreshToken))) == 2


@pytest.mark.parametrize("token", ["nonsense", "x" * 43])
def test_an_unknown_token_is_refused(api, given, token):
    answer = refresh(api, token)
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_refresh_token")


@pytest.mark.parametrize("model", [LoginSession, RefreshToken])
def test_nothing_goes_on_after_its_time(api, given, database, model):
    with database.transaction() as session:
        session.execute(update(model).values(expires_at=real_now() - timedelta(seconds=1)))
    assert refresh(api, given["refresh_token"]).status_code == 401


def test_a_log_out_ends_the_session_and_its_tokens(api, given, runtime):
    assert api.post("/auth/logout", json={"refresh_token": given["refresh_token"]}, as_=None).status_code == 204
    assert refresh(api, given["refresh_token"]).status_code == 401
    runtime.revoked.refresh()
    assert me(api, given["access_token"]).status_code == 401


def test_a_log_out_with_the_access_token_alone_does_too(api, given):
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert api.post("/auth/logout", json={}, as_=None, headers=headers).status_code == 204
    assert refresh(api, given["refresh_token"]).status_code == 401


def test_logging_out_of_what_is_not_there_is_no_error(api, runtime):
    assert api.post("/auth/logout", json={"refresh_token": "nonsense"}, as_=None).status_code == 204


def test_a_deactivated_user_gets_no_further(api, given, rows, runtime):
    user_id = rows(select(LoginSession))[0].user_id
    api.post("/users", json={"email": "root@example.com", "name": "Root", "roles": ["admin"]})
    assert api.post(f"/users/{user_id}/deactivate").status_code == 200
    assert refresh(api, given["refresh_token"]).status_code == 401
    runtime.revoked.refresh()
    assert me(api, given["access_token"]).status_code == 401


def test_a_session_that_a_deactivation_ended_does_not_come_back(api, given, rows):
    user_id = rows(select(LoginSession))[0].user_id
    api.post("/users", json={"email": "root@example.com", "name": "Root", "roles": ["admin"]})
    assert api.post(f"/users/{user_id}/deactivate").status_code == 200
    assert api.post(f"/users/{user_id}/activate").status_code == 200
    assert refresh(api, given["refresh_token"]).status_code == 401


def test_roles_that_changed_count_from_the_next_refresh(api, given, rows, runtime, log_in):
    api.post("/users", json={"email": "root@example.com", "name": "Root", "roles": ["admin"]})
    user_id = rows(select(LoginSession))[0].user_id
    version = api.get(f"/users/{user_id}").json["version"]
    assert api.patch(f"/users/{user_id}", json={"roles": ["analyst"]}, if_match=version).status_code == 200
    runtime.revoked.refresh()
    assert me(api, given["access_token"]).json["code"] == "token_revoked"
    renewed = refresh(api, given["refresh_token"]).json
    assert me(api, renewed["access_token"]).json["roles"] == ["analyst"]


class TestOwnPassword:
    def change(self, api, given, current, new):
        headers = {"Authorization": f"Bearer {given['access_token']}"}
        body = {"current_password": current, "new_password": new}
        return api.post("/auth/password", json=body, as_=None, headers=headers)

    def test_it_is_changed_and_other_sessions_end(self, api, given, log_in):
        other = log_in("lin@example.com")
        assert self.change(api, given, PASSWORD, "another fine secret").status_code == 204
        assert refresh(api, given["refresh_token"]).status_code == 200
        assert refresh(api, other["refresh_token"]).status_code == 401
        log_in("lin@example.com", "another fine secret")

    @pytest.mark.parametrize(
        ("current", "new", "field", "code"),
        [
            ("wrong", "another fine secret", "/current_password", "wrong"),
            (PASSWORD, PASSWORD, "/new_password", "unchanged"),
            (PASSWORD, "short", "/new_password", "too_short"),
            (PASSWORD, "lin@example.com!", "/new_password", "personal"),
        ],
    )
    def test_what_breaks_a_rule_changes_nothing(self, api, given, log_in, current, new, field, code):
        answer = self.change(api, given, current, new)
        assert answer.status_code == 422
        assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [(field, code)]
        log_in("lin@example.com")


def test_own_sessions_are_listed_and_ended(api, given, log_in):
    log_in("lin@example.com")
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    listed = api.get("/auth/sessions", as_=None, headers=headers).json["data"]
    assert [one["current"] for one in listed].count(True) == 1
    other = next(one["id"] for one in listed if not one["current"])
    assert api.delete(f"/auth/sessions/{other}", as_=None, headers=headers).status_code == 204
    left = api.get("/auth/sessions", as_=None, headers=headers).json["data"]
    assert [one["current"] for one in left] == [True]


def test_nobody_ends_the_session_of_another(api, given, rows, person, log_in):
    person("agent", email="max@example.com")
    stranger = {"Authorization": f"Bearer {log_in('max@example.com')['access_token']}"}
    lins = next(s.id for s in rows(select(LoginSession)) if s.user_id != rows(select(LoginSession))[-1].user_id)
    assert api.delete(f"/auth/sessions/{lins}", as_=None, headers=stranger).status_code == 404
    assert refresh(api, given["refresh_token"]).status_code == 200
