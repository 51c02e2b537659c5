"""One connection after the other use: reads without transactions, transactions, snapshots."""

from datetime import UTC, datetime

import psycopg
import pytest
from notebook.model import Shelf
from sqlalchemy import ARRAY, DateTime, Text, TypeDecorator, Uuid, cast, func, select, text

from chassis.db.driver import Connection
from chassis.db.rows import column_rows
from chassis.ids import uuid7

BACKEND = select(func.now() == func.statement_timestamp(), func.pg_backend_pid())
LEVEL = text("SHOW transaction_isolation")
ALONE = text("SELECT now() = statement_timestamp()")  # a transaction began before its first statement


@pytest.fixture
def rollbacks(monkeypatch):
    said, rollback = [], psycopg.Connection.rollback
    monkeypatch.setattr(Connection, "rollback", lambda self: said.append(self) or rollback(self))
    return said


def test_a_read_is_its_own_transaction_and_rolls_nothing_back(database, rollbacks) -> None:
    with database.reading() as session:
        assert [session.scalar(ALONE) for _ in range(3)] == [True] * 3
    assert rollbacks == []


def test_what_was_read_within_a_transaction_is_rolled_back(database, rollbacks) -> None:
    with database.session() as session:
        assert [session.scalar(ALONE) for _ in range(2)] == [False] * 2
    assert len(rollbacks) == 1


def test_a_connection_is_what_its_next_user_needs_it_to_be(database) -> None:
    for _ in range(2):
        with database.reading() as session:
            backend = session.scalar(text("SELECT pg_backend_pid()"))
            assert session.scalar(ALONE)
            assert session.scalar(ALONE)
        with database.snapshot() as session:
            assert session.scalar(LEVEL) == "repeatable read"
            assert not session.scalar(ALONE)
        with database.transaction() as session:
            assert session.scalar(LEVEL) == "read committed"
            assert not session.scalar(ALONE)
            assert session.scalar(text("SELECT pg_backend_pid()")) == backend


def rows(session) -> tuple[bool, int]:
    return tuple(column_rows(session, BACKEND)[0])


def test_columns_are_read_without_a_connection_of_the_session_and_without_keeping_one(database) -> None:
    with database.reading() as session:
        alone, _ = rows(session)
        assert alone
        assert not session.in_transaction()
        assert database.engine.pool.checkedout() == 0


def test_they_are_read_over_the_connection_that_the_session_has(database) -> None:
    with database.reading() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
        assert rows(session) == (True, backend)
        assert database.engine.pool.checkedout() == 1
    with database.transaction() as session:
        assert rows(session)[0] is False
        assert session.in_transaction()
    with database.snapshot() as session:
        assert rows(session)[0] is False


def test_columns_show_what_the_session_has_not_written_yet(database) -> None:
    with database.session() as session:
        session.add(Shelf(name="Tea"))
        assert column_rows(session, select(Shelf.name)) == [("Tea",)]


class Loud(TypeDecorator):
    impl, cache_ok = Text, True

    def process_result_value(self, value, dialect):
        return value and value.upper()


def test_arrays_come_as_lists_of_what_their_items_are(database) -> None:
    one, at = uuid7(), datetime(2026, 3, 2, 9, tzinfo=UTC)
    sent = [
        (["a", None], Text),
        (["a"], Loud),
        ([one], Uuid),
        ([at], DateTime(timezone=True)),
        (None, Text),
        ([], Text),
    ]
    with database.reading() as session:
        (row,) = column_rows(session, select(*(cast(value, ARRAY(item)) for value, item in sent)))
    assert list(row) == [["a", None], ["A"], [one], [at], None, []]
