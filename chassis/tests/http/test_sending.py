"""Statements whose answer nobody needs run in their order, before what else their transaction does, or not at all."""

from __future__ import annotations

import psycopg
import pytest
from notebook.model import Shelf
from psycopg.pq import TransactionStatus
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from chassis.db.bulk import put_rows
from chassis.db.driver import Cursor
from chassis.db.sending import send
from chassis.ids import uuid7

LOSE = text("SELECT pg_terminate_backend(pg_backend_pid())")
RENAME = text("UPDATE shelves SET name = :new WHERE name = :old")


def put(session, name: str, id_=None) -> None:
    row = {"id": id_ or uuid7(), "name": name, "version": 1, "created_at": "2026-01-01", "updated_at": "2026-01-01"}
    put_rows(session, Shelf, [row])


def put_inside(session, name: str, id_) -> None:
    with session.begin_nested():
        put(session, name, id_)


def names(session) -> list[str]:
    return list(session.scalars(select(Shelf.name).order_by(Shelf.name)))


def test_what_waits_is_sent_with_the_commit_in_its_order_and_one_round_trip(database, monkeypatch) -> None:
    trips, statements = [], []
    pipeline = psycopg.Connection.pipeline
    monkeypatch.setattr(psycopg.Connection, "pipeline", lambda self: trips.append(1) or pipeline(self))
    event.listen(database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    with database.transaction() as session:
        put(session, "A")
        send(session, RENAME, {"old": "A", "new": "B"})
        send(session, RENAME, {"old": "B", "new": "C"})
    assert (len(trips), statements) == (1, [])
    with database.reading() as session:
        assert names(session) == ["C"]


def test_rows_that_are_put_one_after_the_other_go_in_by_one_statement(database, monkeypatch) -> None:
    said, execute = [], Cursor.execute
    monkeypatch.setattr(Cursor, "execute", lambda self, *a, **k: said.append(a[0]) or execute(self, *a, **k))
    with database.transaction() as session:
        for name in "ABC":
            put(session, name)
        send(session, RENAME, {"old": "C", "new": "E"})
        put(session, "D")
    assert len(said) == 3
    with database.reading() as session:
        assert names(session) == ["A", "B", "D", "E"]


def test_who_reads_reads_what_was_sent_before(database) -> None:
    with database.transaction() as session:
        put(session, "A")
        assert names(session) == ["A"]
        send(session, RENAME, {"old": "A", "new": "B"})
        session.add(Shelf(name="C"))
        assert names(session) == ["B", "C"]


def test_a_savepoint_that_is_rolled_back_takes_along_what_was_sent_in_it(database) -> None:
    with database.transaction() as session:
        put(session, "A")
        nested = session.begin_nested()
        send(session, RENAME, {"old": "A", "new": "B"})
        nested.rollback()
        with session.begin_nested():
            put(session, "C")
    with database.reading() as session:
        assert names(session) == ["A", "C"]


def test_what_is_refused_in_a_savepoint_leaves_what_stands_around_it(database) -> None:
    twice = uuid7()
    with database.transaction() as session:
        put(session, "A", twice)
        with pytest.raises(IntegrityError):
            put_inside(session, "B", twice)
        put(session, "C")
    with database.reading() as session:
        assert names(session) == ["A", "C"]


def test_what_is_refused_undoes_the_transaction_and_a_rollback_sends_nothing(database) -> None:
    twice = uuid7()
    with database.session() as session:
        put(session, "A", twice)
        put(session, "B", twice)
        used = session.connection().connection.driver_connection
        with pytest.raises(IntegrityError):
            session.commit()
    assert used.info.transaction_status == TransactionStatus.IDLE  # for who has the connection next
    with database.session() as session:
        put(session, "C")
        session.rollback()
        assert names(session) == []
        put(session, "D")
        session.commit()
        assert names(session) == ["D"]


def test_a_deadlock_is_tried_again(database) -> None:
    attempts = []

    def work(session) -> None:
        attempts.append(1)
        put(session, f"A{len(attempts)}")
        if len(attempts) == 1:
            send(session, text("DO $$ BEGIN RAISE EXCEPTION 'a deadlock' USING ERRCODE = '40P01'; END $$"), {})
            names(session)

    database.run(work)
    with database.reading() as session:
        assert (len(attempts), names(session)) == (2, ["A2"])


@pytest.mark.parametrize("waiting", [False, True])
def test_a_lost_connection_is_tried_again(database, waiting) -> None:
    attempts = []

    def work(session) -> None:
        attempts.append(1)
        put(session, f"A{len(attempts)}")
        if len(attempts) > 1:
            return
        if waiting:
            send(session, LOSE, {})
            names(session)
        else:
            session.execute(LOSE)

    database.run(work)
    with database.reading() as session:
        assert (len(attempts), names(session)) == (2, ["A2"])


def test_a_connection_that_is_lost_with_the_commit_is_not_tried_again(database) -> None:
    attempts = []

    def work(session) -> None:
        attempts.append(1)
        put(session, "A")
        send(session, LOSE, {})

    with pytest.raises(OperationalError):
        database.run(work)
    with database.reading() as session:
        assert (len(attempts), names(session)) == (1, [])


def test_whoever_reads_over_a_lost_connection_is_told_just_that(database) -> None:
    with pytest.raises(OperationalError), database.reading() as session:
        session.execute(LOSE)
    with database.reading() as session:
        assert names(session) == []
