"""A step of an import against whoever works on the same people: it waits, or makes them wait, and never in a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from chassis.db.database import Database
from chassis.testing import eventually
from contacts.imports import job as importing

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@contextmanager
def around(database: Database, words: str, before: Callable[[], Any], after: Callable[[], Any]) -> Iterator[None]:
    """Call these once, before and after the first statement that has `words` in it."""
    left = {"before": before, "after": after}

    def at(moment: str) -> Callable[..., None]:
        def call(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if words in statement and moment in left:
                left.pop(moment)()

        return call

    hooks = {name: at(moment) for name, moment in _MOMENTS.items()}
    for name, hook in hooks.items():
        event.listen(database.engine, name, hook)
    try:
        yield
    finally:
        for name, hook in hooks.items():
            event.remove(database.engine, name, hook)


_MOMENTS = {"before_cursor_execute": "before", "after_cursor_execute": "after"}


def waiting(database: Database) -> bool:
    """Whether somebody waits for a lock."""
    with database.engine.connect() as connection:
        return bool(connection.scalar(_WAITING))


def test_who_is_merged_and_parted_while_a_step_looks_is_looked_up_again(
    api: Any, person: Any, upload: Any, run_jobs: Any, database: Database
) -> None:
    one, two = person(name="Li Na", email="li@example.cn"), person(name="Bo", email="bo@example.cn")
    import_id = upload("name,email,city\nLi Na,li@example.cn,Ulm\n").json["id"]
    merges: list[str] = []

    def merge() -> None:
        merged = api.post(f"/people/{two['id']}/merge", json={"loser_id": one["id"]})
        merges.append(merged.json["merges"][0]["id"])

    def part() -> None:
        assert api.post(f"/merges/{merges[0]}/unmerge").status_code == 200

    with around(database, "FROM people WHERE id = ANY(CAST", merge, part):
        run_jobs()
    job = api.get(f"/jobs/{import_id}").json
    assert (job["status"], job["result"]["updated"]) == ("done", 1)
    assert [api.get(f"/people/{who['id']}").json["city"] for who in (one, two)] == ["Ulm", None]


def test_a_step_that_makes_all_wait_waits_for_whoever_has_begun(
    api: Any, person: Any, upload: Any, run_jobs: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has locked a person, and goes on to write contact points, as a merge does."""
    monkeypatch.setattr(importing, "_PATIENCE", 0)
    monkeypatch.setattr(importing, "_ATTEMPTS", 1)
    li = person(name="Li Na", email="li@example.cn")
    import_id = upload("name,email,city\nLi Na,li@example.cn,Ulm\n").json["id"]
    with ThreadPoolExecutor(1) as pool, database.transaction() as session:
        locked = text("SELECT id FROM people WHERE id = :id FOR UPDATE")
        assert session.scalar(locked, {"id": li["id"]}) == UUID(li["id"])
        running = pool.submit(run_jobs)
        eventually(lambda: waiting(database))
        session.execute(text("UPDATE contact_points SET label = 'work' WHERE person_id = :id"), {"id": li["id"]})
        session.commit()
        running.result()
    assert api.get(f"/jobs/{import_id}").json["result"]["updated"] == 1
    assert [point["label"] for point in api.get(f"/people/{li['id']}").json["emails"]] == ["work"]
