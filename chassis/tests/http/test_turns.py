"""Two steps of a job at once: they commit in their order, and none is in the way of the one before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.db.database import Database
from chassis.jobs import Job, JobCancelled, JobRun
from chassis.jobs.turns import GaveWay, Turn, in_turns


@pytest.fixture
def run(api: Any, database: Database) -> JobRun:
    """A job that is under way."""
    job_id = api.post("/counts").json["id"]
    with database.transaction() as session:
        job = session.get_one(Job, job_id)
        job.status = "running"
    return JobRun(database, job)


def write(session: Session, title: str) -> None:
    from notebook.model import Note

    session.add(Note(title=title, price=1))
    session.flush()


def titles(database: Database) -> list[str]:
    from notebook.model import Note

    with database.reading() as session:
        return list(session.scalars(select(Note.title).order_by(Note.created_at)))


def working(
    run: JobRun, ahead: Callable[[Session, int], None], rest: Callable[[Session, int], None]
) -> Callable[[Turn[int]], None]:
    """Steps that do `ahead` before their turn and `rest` in it, a second time where they gave way."""

    def work(turn: Turn[int]) -> None:
        def begin(session: Session) -> None:
            ahead(session, turn.item)
            turn.wait(session)

        try:
            with run.step(begin) as session:
                finish(turn, session)
        except GaveWay:
            turn.wait()
            with run.step() as session:
                ahead(session, turn.item)
                finish(turn, session)

    def finish(turn: Turn[int], session: Session) -> None:
        turn.on(session)
        rest(session, turn.item)
        run.state["steps"] = [*run.state.get("steps", []), turn.item]
        run.progress(done=turn.item)

    return work


def saved(database: Database, run: JobRun) -> tuple[Any, int]:
    with database.reading() as session:
        job = session.get_one(Job, run.id)
        return job.state.get("steps", []), job.done


def test_a_step_begins_beside_the_one_before_and_commits_behind_it(run: JobRun, database: Database) -> None:
    begun = [threading.Event() for _ in range(8)]

    def ahead(session: Session, number: int) -> None:
        write(session, f"ahead {number}")
        begun[number].set()

    def rest(session: Session, number: int) -> None:
        if number < 6:
            assert begun[number + 1].wait(20)
        assert saved(database, run) == (list(range(1, number)), number - 1)

    in_turns(range(1, 7), working(run, ahead, rest))
    assert saved(database, run) == ([1, 2, 3, 4, 5, 6], 6)
    assert sorted(titles(database)) == [f"ahead {number}" for number in range(1, 7)]


def test_who_holds_what_the_step_before_waits_for_gives_way(run: JobRun, database: Database) -> None:
    held, tried = threading.Event(), []

    def ahead(session: Session, number: int) -> None:
        tried.append(number)
        if number == 2:
            session.execute(text("SELECT pg_advisory_xact_lock(42)"))
            write(session, "two")
            held.set()

    def rest(session: Session, number: int) -> None:
        if number == 1:
            assert held.wait(20)
            session.execute(text("SELECT pg_advisory_xact_lock(42)"))
            write(session, "one")

    in_turns([1, 2], working(run, ahead, rest))
    assert titles(database) == ["one", "two"]
    assert sorted(tried) == [1, 2, 2]
    assert saved(database, run) == ([1, 2], 2)


@pytest.mark.parametrize("fails", [1, 2])
def test_behind_a_step_that_fails_none_commits(run: JobRun, database: Database, fails: int) -> None:
    begun = threading.Event()

    def ahead(session: Session, number: int) -> None:
        write(session, str(number))
        if number == fails + 1:
            begun.set()

    def rest(session: Session, number: int) -> None:
        if number == fails:
            run.error(row=number, field="title", code="odd", message="", record={})
            assert begun.wait(20)
            raise RuntimeError("of this step")

    with pytest.raises(RuntimeError, match="of this step"):
        in_turns([1, 2, 3, 4], working(run, ahead, rest))
    assert titles(database) == [str(number) for number in range(1, fails)]
    assert saved(database, run) == (list(range(1, fails)), fails - 1)
    assert run.state.get("steps", []) == list(range(1, fails))
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM job_errors")) == 0


def test_what_fails_ahead_leaves_the_steps_before(run: JobRun, database: Database) -> None:
    failed = threading.Event()

    def ahead(session: Session, number: int) -> None:
        write(session, str(number))
        if number == 2:
            failed.set()
            raise RuntimeError("ahead of its turn")

    def rest(session: Session, number: int) -> None:
        assert failed.wait(20)
        run.error(row=number, field="title", code="odd", message="", record={})

    with pytest.raises(RuntimeError, match="ahead of its turn"):
        in_turns([1, 2, 3], working(run, ahead, rest))
    assert titles(database) == ["1"]
    assert saved(database, run) == ([1], 1)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM job_errors")) == 1


def test_a_job_that_is_cancelled_commits_no_step_more(run: JobRun, database: Database) -> None:
    def work(turn: Turn[int]) -> None:
        def begin(session: Session) -> None:
            write(session, str(turn.item))
            turn.wait(session)
            if turn.item == 2:
                with database.transaction() as other:
                    other.execute(text("UPDATE jobs SET status = 'cancelling', version = version + 1"))

        with run.step(begin):
            run.state["steps"] = [*run.state.get("steps", []), turn.item]

    with pytest.raises(JobCancelled):
        in_turns([1, 2, 3], work)
    assert titles(database) == ["1"]
    assert saved(database, run) == ([1], 0)
