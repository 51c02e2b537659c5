"""A rebuild from the log equals the live figures, whatever came, however often, in whichever order."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from chassis.db import Database
from chassis.events import Event
from chassis.jobs import JobRun
from chassis.testing import at_once
from chassis.testing.client import ApiClient
from chassis.testing.events import Deliver, OutboxReader, Tick
from chassis.testing.tokens import Caller
from reporting.projections import projector, rebuild, store
from reporting.projections.model import Generation
from reporting.testing.history import Storyteller

Record = Callable[[list[Event]], None]
Overview = Callable[..., dict[str, Any]]
TABLES = [model.__tablename__ for model in store.PROJECTED]


class ProcessDied(BaseException):
    """Nothing catches it, as nothing is left to catch it when a process dies."""


def contents(database: Database) -> dict[str, list[Any]]:
    """Every projected row of the live generation; a counter that went back to nothing is as good as none."""
    with database.reading() as session:
        live = session.scalar(select(Generation.id).where(Generation.state == "live"))
        return {
            table: sorted(
                session.scalars(
                    text(
                        f"SELECT CAST(to_jsonb(t) - 'generation' AS text) FROM {table} AS t WHERE generation = :live"
                        + (" AND (count <> 0 OR amount <> 0)" if table == "counters" else "")
                    ),
                    {"live": live},
                )
            )
            for table in TABLES
        }


def forget(database: Database) -> None:
    """Empty the log and all that was made of it."""
    with database.transaction() as session:
        for table in (*TABLES, "event_log", "generations", "log_sources", "log_holes"):
            session.execute(text(f"DELETE FROM {table}"))


def messy(seed: int, customers: int) -> list[Event]:
    """A history as it may come: out of order, with repetitions, some of it nonsense."""
    chance = random.Random(seed)
    events = Storyteller(seed).tell(customers)
    late = [(index + chance.expovariate(1 / 30), event) for index, event in enumerate(events)]
    again = [(place + chance.uniform(0, 200), event) for place, event in late if chance.random() < 0.1]
    return [event for _, event in sorted(late + again, key=lambda item: item[0])]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_what_came_messily_equals_what_came_in_order_and_equals_the_rebuild(
    seed: int,
    database: Database,
    deliver: Deliver,
    tick: Tick,
    api: ApiClient,
    overview: Overview,
    outbox: OutboxReader,
    run_jobs: Callable[[], int],
    record: Record,
) -> None:
    chance = random.Random(seed)
    events = messy(seed, 12)
    for event in events:
        deliver.again(event)
        if chance.random() < 0.05:
            tick("project")
    tick("project")
    before, shown = contents(database), overview()
    assert sum(map(len, before.values())) > 200

    answer = api.post("/projections/rebuild")
    assert answer.status_code == 202
    assert run_jobs() == 1
    job = api.get(f"/jobs/{answer.json['id']}").json
    distinct = len({event.id for event in events})
    assert (job["status"], job["done"], job["total"]) == ("done", distinct, distinct)
    assert job["result"] == {"events": distinct, "position": distinct, "differences": 0, "tables": {}}
    assert contents(database) == before
    told = outbox.one("projection.rebuilt")
    assert told.data == {"job_id": job["id"], "events": distinct, "position": distinct, "differences": 0}
    assert overview() == shown | {"folded_at": overview()["folded_at"]}
    with database.reading() as session:
        assert session.execute(select(Generation.id, Generation.state)).all() == [(2, "live")]
        for table in TABLES:
            assert session.scalar(text(f"SELECT count(*) FROM {table} WHERE generation <> 2")) == 0

    forget(database)
    record(Storyteller(seed).tell(12))
    tick("project")
    assert contents(database) == before


def test_a_rebuild_sees_and_mends_a_wrong_figure(
    database: Database, record: Record, tick: Tick, api: ApiClient, run_jobs: Callable[[], int]
) -> None:
    record(Storyteller(5).tell(10))
    tick("project")
    right = contents(database)
    with database.transaction() as session:
        session.execute(text("UPDATE counters SET count = count + 1 WHERE figure = 'deals.won' AND grain = 'ever'"))
        session.execute(text("DELETE FROM stage_states"))
    wrong = len(right["stage_states"])
    job_id = api.post("/projections/rebuild").json["id"]
    run_jobs()
    result = api.get(f"/jobs/{job_id}").json["result"]
    assert result["tables"]["stage_states"] == wrong
    assert result["tables"]["counters"] > 0
    assert contents(database) == right


def test_events_that_come_during_a_rebuild_are_in_it(
    database: Database, record: Record, tick: Tick, run_jobs: Callable[[], int], api: ApiClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """New events before each batch, projected live half of the time: the live figures never stand still for long."""
    events = Storyteller(6).tell(40)
    last, rest = events[-7:], events[:-7]
    parts = [rest[start : start + 100] for start in range(0, len(rest), 100)]
    record(parts.pop(0))
    tick("project")
    monkeypatch.setattr(rebuild, "NEARLY", 20)
    fold_some, swap = rebuild._fold_some, rebuild._swap

    def with_news(run: JobRun) -> int:
        if parts:
            record(parts.pop(0))
            if len(parts) % 2:
                tick("project")
        return fold_some(run)

    def with_the_latest_news(run: JobRun) -> None:
        record(last)
        tick("project")
        swap(run)

    monkeypatch.setattr(rebuild, "_fold_some", with_news)
    monkeypatch.setattr(rebuild, "_swap", with_the_latest_news)
    job_id = api.post("/projections/rebuild").json["id"]
    run_jobs()
    while parts:
        record(parts.pop(0))
    tick("project")
    assert api.get(f"/jobs/{job_id}").json["result"]["differences"] == 0
    assert api.get("/log/status").json["position"] == len(events)
    monkeypatch.undo()
    second = api.post("/projections/rebuild").json["id"]
    before = contents(database)
    run_jobs()
    assert api.get(f"/jobs/{second}").json["result"] == {
        "events": len(events), "position": len(events), "differences": 0, "tables": {},
    }  # fmt: skip
    assert contents(database) == before


def test_a_rebuild_that_dies_goes_on_where_it_was(
    database: Database, record: Record, tick: Tick, run_jobs: Callable[[], int], api: ApiClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    record(Storyteller(7).tell(30))
    tick("project")
    before = contents(database)
    swap, died = rebuild._swap, []

    def dies_once(run: JobRun) -> None:
        if not died:
            died.append(run.state["generation"])
            raise ProcessDied
        swap(run)

    monkeypatch.setattr(rebuild, "_swap", dies_once)
    job_id = api.post("/projections/rebuild").json["id"]
    with pytest.raises(ProcessDied):
        run_jobs()
    assert api.get(f"/jobs/{job_id}").json["status"] == "running"
    assert run_jobs() == 1
    assert died == [2]
    assert api.get(f"/jobs/{job_id}").json["result"]["differences"] == 0
    assert contents(database) == before


def test_one_rebuild_at_a_time(api: ApiClient, run_jobs: Callable[[], int], outbox: OutboxReader) -> None:
    answers = at_once(*[lambda: api.post("/projections/rebuild")] * 3)
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409]
    (job_id,) = (answer.json["id"] for answer in answers if answer.status_code == 202)
    assert {answer.json["job_id"] for answer in answers if answer.status_code == 409} == {job_id}
    assert outbox.events() == []
    assert run_jobs() == 1
    assert api.post("/projections/rebuild").status_code == 202


def test_what_a_cancelled_rebuild_left_is_removed_by_the_next(
    database: Database, record: Record, tick: Tick, run_jobs: Callable[[], int], api: ApiClient
) -> None:
    record(Storyteller(8).tell(5))
    tick("project")
    with database.transaction() as session:
        half = projector.new_generation(session, "building")
        projector.fold_next(session, half, 50)
    job_id = api.post("/projections/rebuild").json["id"]
    run_jobs()
    assert api.get(f"/jobs/{job_id}").json["result"]["differences"] == 0
    with database.reading() as session:
        assert session.execute(select(Generation.id, Generation.state)).all() == [(3, "live")]
        assert session.scalar(text("SELECT count(*) FROM lead_states WHERE generation <> 3")) == 0


def test_who_may_rebuild(api: ApiClient, user: Callable[..., Caller], outbox: OutboxReader) -> None:
    assert api.post("/projections/rebuild", as_=None).status_code == 401
    assert api.post("/projections/rebuild", as_=user(scopes="reporting:read")).status_code == 403
    assert api.post("/projections/rebuild", as_=user(reach="team")).status_code == 403
    assert api.get("/jobs").json["data"] == []


def test_a_fold_that_fails_leaves_the_log_growing_and_the_figures_behind(
    database: Database,
    record: Record,
    tick: Tick,
    api: ApiClient,
    overview: Overview,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record(Storyteller(9).tell(3))
    with monkeypatch.context() as broken:
        broken.setattr(store, "save", lambda *_: 1 / 0)
        tick("project")
    count = api.get("/log/status").json["position"]
    assert count > 20
    assert overview()["position"] == 0
    tick("project")
    assert overview()["position"] == count
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM refused_facts")) == 0
