from __future__ import annotations

import pytest
from sqlalchemy import select

from chassis.testing import at_once
from gateway.bootstrap import DEMO, bootstrap
from gateway.roles.built_in import BUILT_IN
from gateway.roles.model import Role
from gateway.users.model import User


@pytest.fixture
def admin(monkeypatch):
    monkeypatch.setenv("QUINTET_ADMIN_EMAIL", "Boss@Example.com")
    monkeypatch.setenv("QUINTET_ADMIN_PASSWORD", "boss secret 2026")


def run(database, **options):
    return list(bootstrap(database=database, **({"demo": False} | options)))


def test_roles_and_the_first_administrator(database, app, admin, rows, outbox, log_in):
    assert run(database) == [{"email": "boss@example.com", "role": "admin", "created": True}]
    assert {role.key for role in rows(select(Role))} == {role.key for role in BUILT_IN}
    assert outbox.types() == ["user.created"]
    log_in("boss@example.com", "boss secret 2026")


def test_again_it_changes_nothing(database, app, admin, rows, outbox):
    run(database, demo=True, demo_password="demo secret 1")
    before = [(u.id, u.version) for u in rows(select(User).order_by(User.id))]
    again = run(database, demo=True, demo_password="another")
    assert [made["created"] for made in again] == [False] * 9
    assert [(u.id, u.version) for u in rows(select(User).order_by(User.id))] == before
    assert outbox.types().count("user.created") == 9


def test_two_at_once_make_one(database, app, admin, rows):
    made = at_once(lambda: run(database), lambda: run(database))
    assert sorted(one[0]["created"] for one in made) == [False, True]
    assert len(rows(select(User))) == 1


def test_demo_users_one_for_each_role_log_in(database, app, admin, log_in):
    made = run(database, demo=True, demo_password="demo secret 1")
    assert {one["role"] for one in made} == {role.key for role in BUILT_IN}
    assert [one["password"] for one in made[1:]] == ["demo secret 1"] * len(DEMO)
    log_in("rep@quintet.example", "demo secret 1")


def test_a_password_that_is_not_given_is_made_up_and_told_once(database, app, monkeypatch, log_in):
    monkeypatch.delenv("QUINTET_ADMIN_PASSWORD", raising=False)
    monkeypatch.delenv("QUINTET_ADMIN_EMAIL", raising=False)
    made = run(database)[0]
    log_in(made["email"], made["password"])
    assert "password" not in run(database)[0]


def test_a_built_in_role_that_a_release_changed_is_brought_up_to_date(database, app, admin, rows):
    run(database)
    with database.transaction() as session:
        session.scalars(select(Role).where(Role.key == "agent")).one().scopes = ["sales:read"]
    run(database)
    assert rows(select(Role).where(Role.key == "agent"))[0].scopes == [
        "contacts:read",
        "service-desk:read",
        "service-desk:write",
    ]
