from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select, update

from chassis.testing import at_once, eventually
from gateway.auth.model import LoginAttempts, LoginSession
from gateway.auth.throttle import key_of
from gateway.tokens.real_time import real_now

PASSWORD = "a long enough secret"
WRONG = "not the right secret"


def attempt(api, email, password):
    return api.post("/auth/login", json={"email": email, "password": password}, as_=None)


def test_a_login_gives_a_token_that_says_who_one_is(api, person, log_in, runtime):
    user = person("sales_rep", email="lin@example.com", region="CN-East")
    given = log_in("lin@example.com")
    assert sorted(given) == ["access_token", "expires_in", "refresh_token", "token_type"]
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 600)
    header = jwt.get_unverified_header(given["access_token"])
    assert (header["alg"], header["kid"]) == ("EdDSA", runtime.keys.signing().kid)
    key = runtime.keys.key(header["kid"])
    claims = jwt.decode(given["access_token"], key, ["EdDSA"], audience="quintet", issuer="quintet")
    assert claims["sub"] == str(user.id)
    assert claims["kind"] == "user"
    assert claims["name"] == "Lin Yue"
    assert claims["email"] == "lin@example.com"
    assert claims["roles"] == ["sales_rep"]
    assert claims["scope"] == "contacts:read contacts:write sales:read sales:write service-desk:read"
    assert claims["reach"] == {"default": "own", "contacts": "all", "service-desk": "all"}
    assert claims["team"] is None
    assert claims["partner"] is None
    assert claims["exp"] - int(claims["iat"]) == 600


def test_case_and_spaces_around_the_address_do_not_matter(api, person, runtime):
    person("agent", email="lin@example.com")
    assert attempt(api, "  Lin@Example.COM ", PASSWORD).status_code == 200


def test_me_tells_what_the_token_allows(api, person, log_in):
    user = person("agent", email="lin@example.com")
    token = log_in("lin@example.com")["access_token"]
    answer = api.get("/auth/me", as_=None, headers={"Authorization": f"Bearer {token}"})
    assert answer.json == {
        "id": str(user.id),
        "kind": "user",
        "name": "Lin Yue",
        "email": "lin@example.com",
        "roles": ["agent"],
        "scopes": ["contacts:read", "service-desk:read", "service-desk:write"],
        "reach": {"default": "all"},
        "team_id": None,
        "partner_id": None,
        "region": None,
        "time_zone": None,
        "locale": None,
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "a@example.com"}, "/password"),
        ({"password": "x"}, "/email"),
        ({"email": 1, "password": "x"}, "/email"),
    ],
)
def test_what_is_missing_is_named(api, runtime, body, pointer):
    answer = api.post("/auth/login", json=body, as_=None)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_wrong_password_unknown_address_inactive_and_passwordless_users_get_the_same_answer(api, person, database):
    person("agent", email="lin@example.com")
    person("agent", email="gone@example.com")
    person("agent", email="none@example.com")
    with database.transaction() as session:
        session.execute(update_user("gone@example.com", active=False))
        session.execute(update_user("none@example.com", password_hash=None))
    answers = [
        attempt(api, "lin@example.com", WRONG),
        attempt(api, "nobody@example.com", WRONG),
        attempt(api, "gone@example.com", PASSWORD),
        attempt(api, "none@example.com", PASSWORD),
        attempt(api, "not an address", WRONG),
    ]
    bodies = [{k: v for k, v in answer.json.items() if k != "trace_id"} for answer in answers]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert bodies == [bodies[0]] * 5
    assert bodies[0]["code"] == "bad_credentials"


def update_user(email, **values):
    from gateway.users.model import User

    return update(User).where(User.email == email).values(**values)


def test_an_unknown_address_costs_the_time_of_a_wrong_password(api, person, runtime, monkeypatch):
    """Counted in hashes, which are all but nothing of the time: one for each attempt, whoever it is for."""
    person("agent", email="lin@example.com")
    hashes = []
    real = runtime.passwords._verify
    monkeypatch.setattr(runtime.passwords, "_verify", lambda h, p: hashes.append(h) or real(h, p))
    for email in ("lin@example.com", "nobody@example.com"):
        attempt(api, email, WRONG)
    assert [h.rpartition("$")[0].rpartition("$")[0] for h in hashes] == ["$argon2id$v=19$m=1024,t=1,p=1"] * 2


def test_failures_in_a_row_lock_for_a_growing_while_known_or_not(api, person, database, rows):
    person("agent", email="lin@example.com")
    for email in ("lin@example.com", "nobody@example.com"):
        locks = []
        for _ in range(8):
            assert attempt(api, email, WRONG).status_code == 401
            kept = rows(select(LoginAttempts).where(LoginAttempts.email_hash == key_of(email)))[0]
            locks.append(kept.blocked_until and round((kept.blocked_until - kept.last_at).total_seconds()))
            end_of_lock(database)
        assert locks == [None] * 4 + [1, 2, 4, 8]


def test_during_a_lock_the_answer_says_how_long_known_or_not(api, person, database):
    person("agent", email="lin@example.com")
    for email in ("lin@example.com", "nobody@example.com"):
        with database.transaction() as session:
            until = real_now() + timedelta(seconds=60)
            session.add(LoginAttempts(email_hash=key_of(email), failures=9, last_at=real_now(), blocked_until=until))
        answer = attempt(api, email, PASSWORD)
        assert (answer.status_code, answer.json["code"]) == (429, "locked_out")
        assert 50 < int(answer.headers["Retry-After"]) <= 60


def end_of_lock(database):
    """As if the time of the lock had passed."""
    with database.transaction() as session:
        session.execute(update(LoginAttempts).values(blocked_until=real_now()))


def test_a_locked_account_refuses_the_right_password_too_and_then_takes_it(api, person, database, rows):
    person("agent", email="lin@example.com")
    with database.transaction() as session:
        until = real_now() + timedelta(seconds=60)
        kept = LoginAttempts(email_hash=key_of("lin@example.com"), failures=9, last_at=real_now(), blocked_until=until)
        session.add(kept)
    assert attempt(api, "lin@example.com", PASSWORD).status_code == 429
    assert rows(select(LoginSession)) == []
    end_of_lock(database)
    assert attempt(api, "lin@example.com", PASSWORD).status_code == 200
    assert rows(select(LoginAttempts.failures)) == [0]


def test_the_longest_lock_is_a_quarter_of_an_hour(api, person, database):
    long_ago = real_now() - timedelta(minutes=16)
    with database.transaction() as session:
        session.add(
            LoginAttempts(email_hash=key_of("lin@example.com"), failures=500, last_at=long_ago, blocked_until=None)
        )
    assert attempt(api, "lin@example.com", WRONG).status_code == 401
    assert 890 < int(attempt(api, "lin@example.com", WRONG).headers["Retry-After"]) <= 900


def test_failures_of_yesterday_count_no_more(api, person, database):
    person("agent", email="lin@example.com")
    with database.transaction() as session:
        long_ago = real_now() - timedelta(days=1, minutes=1)
        session.add(
            LoginAttempts(email_hash=key_of("lin@example.com"), failures=4, last_at=long_ago, blocked_until=None)
        )
    assert attempt(api, "lin@example.com", WRONG).status_code == 401
    assert attempt(api, "lin@example.com", PASSWORD).status_code == 200


def test_many_guesses_at_once_get_few_more_tries_than_in_a_row(api, person, runtime, monkeypatch):
    """All of them wait until each has come as far as it can: 5 free ones and 20 at once, no more."""
    person("agent", email="lin@example.com")
    slow = threading.Event()
    real = runtime.passwords._verify
    monkeypatch.setattr(runtime.passwords, "_verify", lambda h, p: slow.wait(20) and real(h, p))
    with ThreadPoolExecutor(30) as pool:
        asked = [pool.submit(attempt, api, "lin@example.com", WRONG) for _ in range(30)]
        eventually(lambda: sum(one.done() for one in asked) == 5)
        slow.set()
        assert sorted(one.result().status_code for one in asked) == [401] * 25 + [429] * 5
    assert int(attempt(api, "lin@example.com", PASSWORD).headers["Retry-After"]) > 800


def test_many_right_log_ins_at_once_lock_nobody(api, person, rows):
    person("agent", email="lin@example.com")
    answers = at_once(*[lambda: attempt(api, "lin@example.com", PASSWORD)] * 12)
    assert [answer.status_code for answer in answers] == [200] * 12
    assert rows(select(LoginAttempts.failures)) == [0]


def test_no_token_and_a_broken_one_are_refused(api, runtime):
    assert api.get("/auth/me", as_=None).status_code == 401
    answer = api.get("/auth/me", as_=None, headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_jwks_publishes_every_key_and_no_private_one(api, runtime):
    answer = api.get("/.well-known/jwks.json", as_=None)
    assert answer.status_code == 200
    assert [sorted(key) for key in answer.json["keys"]] == [["alg", "crv", "kid", "kty", "use", "x"]]
    assert answer.json["keys"][0]["kid"] == runtime.keys.signing().kid
