"""Imports by a jobs process of its own: killed in the middle of a step, paused, gone on with, cancelled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from chassis.db.database import Database
from chassis.testing import eventually

ROWS = 600
CHUNK = 20
Json = dict[str, Any]


def messy() -> str:
    """Of every six rows four are plain, so that two steps are written at once; one names somebody a second time, one is
    wrong."""
    lines = ["name,email,phone,company,city"]
    for i in range(0, ROWS, 6):
        lines += [
            f"P{i},p{i}@example.com,138{i:08d},Acme {i % 7},Ulm",
            f"P{i} again,P{i}@Example.com,139{i:08d},,Bonn",
            f"Wrong {i},nobody,12,,",
            *(f"P{n},p{n}@example.com,138{n:08d},Acme {i % 7},Ulm" for n in range(i + 3, i + 6)),
        ]
    return "\n".join(lines)


def made_of(rows: int) -> int:
    """How many people the first rows make."""
    first = messy().splitlines()[1 : rows + 1]
    return sum(row.startswith("P") and "again" not in row for row in first)


def shape(database: Database) -> list[Any]:
    """What an import has made, without ids and times."""
    people = (
        "SELECT p.name, p.city, p.company_name, p.version, (SELECT array_agg(c.key || c.position ORDER BY c.key)"
        " FROM contact_points AS c WHERE c.person_id = p.id) FROM people AS p ORDER BY p.name"
    )
    told = (
        "SELECT count(*), sum(jsonb_array_length(body::jsonb -> 'data' -> 'people')) FROM outbox"
        " WHERE body::jsonb ->> 'type' LIKE '%people.imported%'"
    )
    companies = "SELECT name, version FROM companies ORDER BY name"
    with database.reading() as session:
        return [[tuple(row) for row in session.execute(text(query))] for query in (people, companies, told)]


@pytest.fixture
def jobs_process(database: Database) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts `python -m chassis jobs contacts`; whatever runs at the end is killed."""
    started = []
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = os.environ | {"CONTACTS_DATABASE_URL": url, "CONTACTS_IMPORT_CHUNK": str(CHUNK)}

    def start() -> subprocess.Popen[bytes]:
        words = [sys.executable, "-W", "ignore", "-m", "chassis", "jobs", "contacts"]
        started.append(subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def waiting(database: Database, what: str = "") -> int:
    """How many wait for a lock in this database, with a statement that has `what` in it."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.engine.connect() as connection:
        return connection.scalar(text(f"{query} AND query LIKE :like"), {"like": f"%{what}%"}) or 0


@contextmanager
def held_up(database: Database, reached: Callable[[], bool]) -> Iterator[None]:
    """Once `reached`, lets no step get further than the half that it has written, until the block ends."""
    eventually(reached, within=60)
    with database.engine.connect() as connection:
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("LOCK TABLE contact_points IN SHARE MODE"))
        eventually(lambda: waiting(database, "contact_points"))
        yield


def job_of(api: Any, id_: str) -> Json:
    job: Json = api.get(f"/jobs/{id_}").json
    return job


def status(api: Any, id_: str) -> str:
    return str(job_of(api, id_)["status"])


def test_a_process_killed_in_the_middle_of_a_step_leaves_what_an_undisturbed_one_does(
    api: Any, upload: Any, database: Database, migrated: Any, jobs_process: Any
) -> None:
    process = jobs_process()
    undisturbed = upload(messy()).json["id"]
    result = eventually(lambda: job_of(api, undisturbed)["result"], within=60)
    expected, errors = shape(database), api.get(f"/jobs/{undisturbed}/errors").text
    assert (result["created"], result["duplicates"], result["failed"]) == (ROWS * 2 // 3, ROWS // 6, ROWS // 6)
    process.kill()
    process.wait()
    migrated[1].clean()

    process = jobs_process()
    id_ = upload(messy()).json["id"]
    for _ in range(2):
        before = job_of(api, id_)["done"]
        with held_up(database, lambda before=before: job_of(api, id_)["done"] > before):
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert status(api, id_) == "running"
        assert CHUNK <= job_of(api, id_)["done"] < ROWS
        process = jobs_process()
    assert eventually(lambda: job_of(api, id_)["result"], within=60) == result
    assert (shape(database), api.get(f"/jobs/{id_}/errors").text) == (expected, errors)


def test_an_import_is_paused_gone_on_with_and_cancelled_in_the_middle(
    api: Any, upload: Any, database: Database, jobs_process: Any
) -> None:
    jobs_process()
    id_ = upload(messy()).json["id"]

    def ask(action: str, after: int) -> Any:
        """Ask while a step is under way, which first ends, or is dropped where it has begun ahead of its turn."""
        with ThreadPoolExecutor(1) as pool:
            with held_up(database, lambda: job_of(api, id_)["done"] > after):
                answer = pool.submit(api.post, f"/jobs/{id_}/{action}")
                eventually(lambda: waiting(database, "FROM jobs") or answer.done())
            return answer.result()

    paused = ask("pause", 0)
    assert (paused.status_code, paused.json["status"]) == (200, "paused")
    other = upload("name,email\nOther,other@example.com\n").json["id"]
    eventually(lambda: status(api, other) == "done", within=60)
    assert job_of(api, id_) == paused.json
    assert api.post(f"/jobs/{id_}/resume").status_code == 200
    cancelled = ask("cancel", paused.json["done"])
    assert (cancelled.status_code, cancelled.json["status"]) == (200, "cancelling")
    eventually(lambda: status(api, id_) == "cancelled")
    done = job_of(api, id_)["done"]
    assert paused.json["done"] < done == cancelled.json["done"] < ROWS
    assert api.post(f"/jobs/{id_}/resume").status_code == 409
    made = len(shape(database)[0]) - 1
    assert made == made_of(done)
    again = upload(messy()).json["id"]
    result = eventually(lambda: job_of(api, again)["result"], within=60)
    assert (result["created"], result["failed"]) == (ROWS * 2 // 3 - made, ROWS // 6)
