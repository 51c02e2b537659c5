"""What the gateway's tests stand on: the chassis' fixtures, an application that knows test tokens and real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from chassis.db import Database
from chassis.http.tokens import KeySet, TokenVerifier
from chassis.service import Service
from chassis.testing.client import ApiClient
from chassis.testing.fixtures import *  # noqa: F403
from chassis.testing.tokens import KID, write_jwks
from gateway.app import create_app
from gateway.auth.passwords import Passwords
from gateway.base import SERVICE
from gateway.roles.built_in import ensure_built_in_roles
from gateway.runtime import Runtime
from gateway.tokens.keys import FolderKeys, new_key
from gateway.users.actions import create_user
from gateway.users.model import User

PASSWORD = "a long enough secret"


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


class BothKeys(KeySet):
    """The gateway's own keys, and the one that signs the tokens of test callers."""

    def __init__(self, folder: Path) -> None:
        jwks = folder / "tests.json"
        write_jwks(jwks)
        self._folder, self._test = FolderKeys(folder), KeySet(str(jwks))

    def key(self, kid: str) -> Any:
        return self._test.key(kid) if kid == KID else self._folder.key(kid)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The settings of the application under test; the folder of its signing keys."""
    folder = tmp_path_factory.mktemp("keys")
    new_key(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUINTET_SIGNING_KEYS", str(folder))
        patch.setenv("GATEWAY_AUDIT_SPOOL", str(tmp_path_factory.mktemp("spool")))
        patch.setenv("GATEWAY_DOCS_CACHE", "0")
        for bucket in ("USER", "CLIENT", "ANONYMOUS", "LOGIN", "PUBLIC"):
            patch.setenv(f"GATEWAY_RATE_{bucket}", "off")
        for name in ("CONTACTS", "SALES", "SERVICE_DESK", "MARKETING", "REPORTING"):
            patch.setenv(f"{name}_URL", "http://127.0.0.1:1")
        yield folder


@pytest.fixture(scope="session")
def app(environment: Path, migrated: tuple[Database, Any]) -> Flask:
    """The gateway on the test database, edge and all; nothing runs in its background, and hashes cost little."""
    app = create_app(migrated[0], TokenVerifier(BothKeys(environment), SERVICE.name))
    app.extensions["gateway"].passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    return app


@pytest.fixture
def runtime(app: Flask, database: Database) -> Runtime:
    """What the application works with, on an empty database with the built-in roles."""
    runtime: Runtime = app.extensions["gateway"]
    while batch := runtime.spool.take():  # what earlier tests left is none of this one's
        runtime.spool.done(batch)
    with database.transaction() as session:
        ensure_built_in_roles(session)
    return runtime


@pytest.fixture
def person(runtime: Runtime, database: Database) -> Callable[..., User]:
    """Makes a user who can log in with PASSWORD: `person("agent")`, `person("sales_rep", email=...)`."""
    hashed = _hash(runtime)

    def make(*roles: str, **data: Any) -> User:
        data = {"email": f"{roles[0] if roles else 'nobody'}@example.com", "name": "Lin Yue"} | data
        with database.transaction() as session:
            return create_user(session, data | {"roles": list(roles)}, hashed)

    return make


_HASHES: list[str] = []


def _hash(runtime: Runtime) -> str:
    if not _HASHES:
        _HASHES.append(runtime.passwords.hash(PASSWORD))
    return _HASHES[0]


@pytest.fixture
def log_in(api: ApiClient, runtime: Runtime) -> Callable[..., dict[str, Any]]:
    """The tokens of a log-in that works."""

    def post(email: str, password: str = PASSWORD) -> dict[str, Any]:
        answer = api.post("/auth/login", json={"email": email, "password": password}, as_=None)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    return post


@pytest.fixture
def rows(database: Database) -> Callable[[Any], list[Any]]:
    """What a statement finds, in a session of its own."""

    def read(statement: Any) -> list[Any]:
        with database.session() as session:
            return _detached(session, statement)

    return read


def _detached(session: Session, statement: Any) -> list[Any]:
    return list(session.scalars(statement))
