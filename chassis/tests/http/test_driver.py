"""One connection after the other use: reads without transactions, transactions, snapshots."""

import psycopg
import pytest
from sqlalchemy import text

from chassis.db.driver import Connection

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
