"""Two steps of an import at once: what comes of a file is what comes of it step by step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from chassis.db.database import Database
from chassis.jobs import turns
from contacts.imports import job as importing
from contacts.settings import settings

Json = dict[str, Any]
TABLES = {
    "people": "SELECT name, company_name, city, version FROM people ORDER BY name, company_name",
    "points": "SELECT key, name, position FROM contact_points JOIN people ON people.id = person_id ORDER BY key",
    "companies": "SELECT name FROM companies ORDER BY name",
    "noted": "SELECT name, created FROM imported_people JOIN people ON people.id = person_id ORDER BY name",
}


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CONTACTS_IMPORT_CHUNK", "4")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], threading.Event]:
    """Says when the step that begins with this row of the file has written, ahead of its turn, what it can."""
    events: dict[int, threading.Event] = {}
    lock = threading.Lock()

    def event(row: int) -> threading.Event:
        with lock:
            return events.setdefault(row, threading.Event())

    original = importing.begin

    def begin(session: Any, plan: Any, part: Any, *others: Any) -> None:
        original(session, plan, part, *others)
        event(part.chunk[0][0]).set()

    monkeypatch.setattr(importing, "begin", begin)
    return event


def shape(database: Database) -> Json:
    with database.reading() as session:
        return {name: [tuple(row) for row in session.execute(text(query))] for name, query in TABLES.items()}


def rows(*said: str) -> str:
    return "\n".join(["name,email,phone,company,city", *said])


def plain(number: int, company: str = "") -> str:
    return f"P{number:02},p{number}@example.com,138{number:08d},{company},Ulm"


def counts(job: Json) -> tuple[int, ...]:
    return tuple(job["result"][name] for name in ("created", "updated", "unchanged", "duplicates", "failed"))


def test_a_step_is_written_beside_the_one_before(
    imported: Any, outbox: Any, database: Database, begun: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = importing.load

    def load(session: Any, plan: Any, part: Any, *others: Any) -> None:
        original(session, plan, part, *others)
        row = part.chunk[0][0]
        if row < 14:  # not the last step
            assert begun(row + 4).wait(20)

    monkeypatch.setattr(importing, "load", load)
    job = imported(rows(*(plain(i, f"Acme {i // 4}") for i in range(16))))
    assert counts(job) == (16, 0, 0, 0, 0)
    made = shape(database)
    assert [row[0] for row in made["people"]] == [f"P{i:02}" for i in range(16)]
    assert made["companies"] == [(f"Acme {i}",) for i in range(4)]
    assert [(len(made[name])) for name in ("points", "noted")] == [32, 16]
    told = [event for event in outbox.events() if event.subject == f"jobs/{job['id']}"]
    assert [event.sequence for event in told] == list(range(1, 10))
    assert [event.type for event in told] == ["companies.imported", "people.imported"] * 4 + ["contacts.imported"]
    names = [
        event.personal[one["person_id"]]["name"]
        for event in outbox.events("people.imported")
        for one in event.data["people"]
    ]
    assert names == [f"P{i:02}" for i in range(16)]


MESSY = rows(
    *(plain(i, "Acme") for i in range(4)),
    plain(4, "Acme"), "P01 again,P1@example.com,13900000001,,Bonn", plain(6, "Beta"), "Wrong,nobody,12,,",
    plain(8, "Beta Ltd"), plain(9, "Gamma"), "Ann,ann@example.com,13900000002,Gamma,", "P06,,13900000003,gamma,",
    "P00,p0@example.com,13900000004,,", *(plain(i, "Acme") for i in range(13, 16)),
    *(f"Line {i},,021-5555000{i},Gamma,Wuhan" for i in range(4)),
    *(plain(i, f"C{i}") for i in range(20, 28)),
)  # fmt: skip


@pytest.mark.parametrize(("mode", "expected"), [("upsert", (24, 1, 0, 2, 1)), ("create", (24, 0, 3, 0, 1))])
def test_a_messy_file_comes_to_the_same_as_step_by_step(
    api: Any,
    person: Any,
    imported: Any,
    database: Database,
    migrated: Any,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    expected: tuple[int, ...],
) -> None:
    def played(at_once: int) -> tuple[Any, ...]:
        migrated[1].clean()
        monkeypatch.setattr(turns, "AT_ONCE", at_once)
        person(name="Ann", email="ann@example.com")
        job = imported(MESSY, mode=mode)
        made = shape(database)
        return counts(job), made, api.get(f"/jobs/{job['id']}/errors").text

    in_turn = played(1)
    assert in_turn[0] == expected
    assert played(2) == in_turn


def test_a_company_that_two_steps_name_is_made_once(imported: Any, database: Database) -> None:
    job = imported(rows(*(plain(i, ("Acme", "acme ltd.")[i // 4]) for i in range(8))))
    assert counts(job) == (8, 0, 0, 0, 0)
    assert shape(database)["companies"] == [("Acme",)]
    assert {row[1] for row in shape(database)["people"]} == {"Acme"}


def test_a_fault_ahead_of_a_turn_leaves_the_steps_before(
    api: Any, upload: Any, run_jobs: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals, failed = (importing.begin, importing.load), threading.Event()

    def begin(*arguments: Any) -> None:
        originals[0](*arguments)
        failed.set()
        raise RuntimeError("of the second step")

    def load(*arguments: Any) -> None:
        originals[1](*arguments)
        assert failed.wait(20)

    monkeypatch.setattr(importing, "begin", begin)
    monkeypatch.setattr(importing, "load", load)
    id_ = upload(rows(*(plain(i) for i in range(12)))).json["id"]
    run_jobs()
    job = api.get(f"/jobs/{id_}").json
    assert (job["status"], job["done"]) == ("failed", 4)
    assert [len(part) for part in shape(database).values()] == [4, 8, 0, 4]
