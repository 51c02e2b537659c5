"""pytest fixtures; see `chassis.testing`. Import them all into the conftest that gives the fixture `service`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from chassis import clock as the_clock
from chassis.db.database import Database
from chassis.jobs.runner import JobRunner
from chassis.process.stop import StopSignal
from chassis.service import Service
from chassis.testing.client import ApiClient
from chassis.testing.databases import Cleaner, migrated_database
from chassis.testing.events import Deliver, OutboxReader, Tick
from chassis.testing.tokens import Caller, write_jwks

__all__ = [
    "api", "app", "clock", "database", "deliver", "jwks", "migrated", "outbox", "run_jobs", "session", "tick", "user",
]  # fmt: skip


@pytest.fixture(scope="session")
def migrated(service: Service) -> Iterator[tuple[Database, Cleaner]]:
    """The service's database, migrated once for the whole session."""
    with migrated_database(service) as database:
        yield database, Cleaner(database)


@pytest.fixture
def database(migrated: tuple[Database, Cleaner]) -> Database:
    """The service's database as its migrations leave it."""
    database, cleaner = migrated
    cleaner.clean()
    return database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session to set up and look at rows; commit what others are to see."""
    with database.session() as session:
        yield session


@pytest.fixture(scope="session")
def jwks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Lets the applications of this session verify the tokens of `user`."""
    file = tmp_path_factory.mktemp("keys") / "jwks.json"
    write_jwks(file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUINTET_JWKS", str(file))
        yield file


@pytest.fixture(scope="session")
def app(service: Service, migrated: tuple[Database, Cleaner], jwks: Path) -> Flask:
    """The service's application on the test database."""
    made: Flask = service.part("app", "create_app")(migrated[0])
    return made


@pytest.fixture
def user(service: Service) -> Callable[..., Caller]:
    """Makes a caller: `user(reach="own")`, `user(scopes="sales:read")`; default scopes are the service's own."""

    def make(**options: Any) -> Caller:
        scopes = f"{service.name}:read {service.name}:write"
        return Caller(**({"scopes": scopes} | options))

    return make


@pytest.fixture
def api(app: Flask, service: Service, database: Database, user: Callable[..., Caller]) -> ApiClient:
    """A client of the service; calls as an administrator with reach `all` unless told otherwise."""
    scopes = " ".join(
        f"{service.name}:{access}" for access in ("read", "write", "admin", "personal", "privacy", "sensitive")
    )
    return ApiClient(app, service.url_prefix, user(scopes=scopes, roles=("admin",), name="Admin"))


@pytest.fixture
def outbox(database: Database) -> OutboxReader:
    """The events that the service has sent, in order."""
    return OutboxReader(database)


@pytest.fixture
def deliver(service: Service, database: Database) -> Deliver:
    """Hands an event to the service's worker as the broker would: through the inbox, in one transaction."""
    return Deliver(service, database)


@pytest.fixture
def tick(service: Service, database: Database) -> Tick:
    """Runs one of the worker's clocks now: `tick("send_reminders")`."""
    return Tick(service, database)


@pytest.fixture
def run_jobs(database: Database) -> Callable[[], int]:
    """Runs all waiting jobs in this process; the number of them."""

    def run() -> int:
        import psycopg

        url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            runner, count = JobRunner(database, StopSignal()), 0
            while runner.run_one(connection):
                count += 1
        return count

    return run


class SettableClock:
    """The business clock of the test, standing still until it is moved."""

    def __init__(self) -> None:
        self.set(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))  # a Monday morning

    def set(self, instant: datetime) -> None:
        """Stand at `instant`."""
        self.instant = instant
        the_clock.set_fixed(instant)

    def advance(self, **delta: float) -> datetime:
        """Go on by a timedelta's arguments: `advance(days=3)`."""
        self.set(self.instant + timedelta(**delta))
        return self.instant


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    """The business clock, stopped on a Monday at 09:00 UTC; `set` and `advance` move it."""
    yield SettableClock()
    the_clock.set_fixed(None)
