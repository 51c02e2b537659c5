"""Databases for tests: made once per session from the service's real migrations, emptied between tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from sqlalchemy import create_engine, make_url, text

from chassis.db.database import Database
from chassis.db.migrate import upgrade
from chassis.service import Service
from chassis.settings import driver_url

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SEQUENCES = "SELECT sequencename, start_value FROM pg_sequences WHERE schemaname = 'public'"
_NUMBERS = count(1)


def server_url() -> str:
    """The URL of the test server's administrator. RuntimeError where the test command did not start one."""
    url = os.environ.get("QUINTET_TEST_DATABASE_URL")
    if not url:
        raise RuntimeError("QUINTET_TEST_DATABASE_URL is not set: run the tests with ./quintet test")
    return driver_url(url)


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    """A new database on the test server, dropped at the end; its URL."""
    admin = create_engine(server_url(), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield make_url(server_url()).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        admin.dispose()


@contextmanager
def migrated_database(service: Service) -> Iterator[Database]:
    """The service's database at its newest revision."""
    with empty_database(f"test_{service.package}_{os.getpid()}_{next(_NUMBERS)}") as url:
        upgrade(service, url)
        database = Database(service, url, pool_size=20)
        try:
            yield database
        finally:
            database.dispose()


class Cleaner:
    """Puts a database back to what its migrations made of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.engine.begin() as connection:
            tables = connection.execute(text(_TABLES)).scalars().all()
            sequences = connection.execute(text(_SEQUENCES)).all()
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS pristine"))
            kept = [t for t in tables if connection.scalar(text(f'SELECT EXISTS (SELECT FROM "{t}")'))]
            for table in kept:
                connection.execute(text(f'CREATE TABLE pristine."{table}" AS TABLE public."{table}"'))
        self._script = ";".join(
            ["SET LOCAL session_replication_role = replica"]
            + [f'DELETE FROM "{table}"' for table in tables]
            + [f'INSERT INTO "{t}" OVERRIDING SYSTEM VALUE SELECT * FROM pristine."{t}"' for t in kept]
            + [f"SELECT setval('\"{name}\"', {start}, false)" for name, start in sequences]
        )

    def clean(self) -> None:
        """Delete what a test left."""
        with self._database.engine.begin() as connection:
            connection.exec_driver_sql(self._script)
