"""What the projector, a rebuild and the dashboard do on this machine.

    QUINTET_TEST_DATABASE_URL=postgresql://... python -m reporting.testing.measure [customers]

makes a database with the history of so many customers (default 10,000: about 109,000 events), and drops it again.
Beside the events per second it prints those per second of this process's own CPU, which a busy machine changes less.
"""

# ruff: noqa: T201 - a command
from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.db import Database
from chassis.events import Event
from chassis.testing.databases import migrated_database
from chassis.testing.tokens import Caller, write_jwks
from reporting.app import create_app
from reporting.base import SERVICE
from reporting.log import intake
from reporting.projections import projector, store
from reporting.projections.model import Generation
from reporting.settings import settings
from reporting.testing.history import Storyteller

REQUESTS = 500
IN_LINE = 20  # events that a worker puts down in one transaction when they wait in line
PATHS = (
    "/dashboards/overview",
    "/dashboards/overview?from=2025-02-11&to=2026-01-20",
    "/events?type=deal.won&limit=50",
    "/log/status",
)


def main(customers: int) -> None:
    """Measure and print."""
    with migrated_database(SERVICE) as database:
        count = _put_down(database, Storyteller(1).tell(customers))
        with _timed("number and fold", count):
            while database.run(projector.advance):
                pass
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        with _timed("rebuild", count):
            rebuilt = _rebuild(database)
        with database.transaction() as session:
            print(f"differences: {store.differences(session, projector.live(session).id, rebuilt) or 'none'}")
        _requests(database)


def _put_down(database: Database, events: list[Event]) -> int:
    with _timed(f"put down, {IN_LINE} a transaction", len(events)):
        for start in range(0, len(events), IN_LINE):
            with database.transaction() as session:
                for event in events[start : start + IN_LINE]:
                    intake.record(session, event)
    return len(events)


def _rebuild(database: Database) -> int:
    with database.transaction() as session:
        number = projector.new_generation(session, "building").id
    moved = 1
    while moved:
        with database.transaction() as session:
            generation = session.get_one(Generation, number)
            moved = projector.fold_next(session, generation, settings().rebuild_batch)
    return number


def _requests(database: Database) -> None:
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "jwks.json"
        write_jwks(keys)
        os.environ["QUINTET_JWKS"] = str(keys)
        client = create_app(database).test_client()
        headers = {"Authorization": f"Bearer {Caller(scopes='reporting:read').token}"}
        for path in PATHS:
            _request(path, lambda url: client.get(url, headers=headers).status_code)


def _request(path: str, get: Callable[[str], int]) -> None:
    took, cpu = [], time.process_time()
    for _ in range(REQUESTS):
        began = time.perf_counter()
        if get(SERVICE.url_prefix + path) != 200:
            raise RuntimeError(f"{path} was refused")
        took.append((time.perf_counter() - began) * 1000)
    cpu, took = (time.process_time() - cpu) * 1000 / REQUESTS, sorted(took)
    print(f"{path}: p50 {took[REQUESTS // 2]:.1f} ms, p99 {took[REQUESTS * 99 // 100]:.1f} ms, CPU {cpu:.1f} ms")


@contextmanager
def _timed(what: str, count: int) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what}: {count} events, {count / wall:,.0f}/s ({count / cpu:,.0f} per second of CPU)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
