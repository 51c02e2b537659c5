"""What a process keeps of a small table is what the table holds, whoever changes it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from notebook.model import Line, Note, Shelf
from sqlalchemy import delete, select, text, update

from chassis.db.database import Database
from chassis.db.driver import Cursor
from chassis.db.kept import kept


@pytest.fixture
def other(service, database):
    """Another process' pool."""
    made = Database(service, database.url)
    yield made
    made.dispose()


def names(session) -> list[str]:
    return list(session.scalars(select(Shelf.name).order_by(Shelf.name)))


def shelves(session) -> list[str]:
    return kept(session, (Shelf,), names)


def test_it_is_read_again_after_each_change_by_anybody(database, other) -> None:
    for change, expected in (
        (lambda s: s.add_all([Shelf(name="A"), Shelf(name="B")]), ["A", "B"]),
        (lambda s: s.execute(update(Shelf).where(Shelf.name == "A").values(name="C")), ["B", "C"]),
        (lambda s: s.execute(delete(Shelf).where(Shelf.name == "B")), ["C"]),
        (lambda s: (s.execute(delete(Shelf)), s.add(Shelf(name="C"))), ["C"]),
        (lambda s: s.execute(delete(Shelf)), []),
    ):
        with other.transaction() as session:
            change(session)
        with database.reading() as session:
            assert shelves(session) == expected


def test_unchanged_it_takes_one_statement(database, monkeypatch) -> None:
    with database.transaction() as session:
        session.add(Shelf(name="A"))
    statements, execute = [], Cursor.execute
    with database.reading() as session:
        first = shelves(session)
        monkeypatch.setattr(Cursor, "execute", lambda self, *a, **k: statements.append(a[0]) or execute(self, *a, **k))
        assert shelves(session) is first
        session.execute(text("VACUUM FREEZE shelves"))
        assert shelves(session) is first
    assert len(statements) == 3


def test_what_else_waits_for_a_flush_goes_on_waiting(database) -> None:
    with database.transaction() as session:
        note = Note(title="first", price=Decimal(1))
        session.add(note)
        session.flush()
        note.title = "second"
        shelves(session)
        note.title = "third"
    assert note.version == 2


def test_a_change_that_is_rolled_back_is_not_kept(database, other) -> None:
    with database.transaction() as session:
        session.add(Shelf(name="A"))
    with database.session() as session:
        session.add(Shelf(name="B"))
        assert shelves(session) == ["A", "B"]  # what this transaction has not written yet counts, too
        with other.reading() as elsewhere:
            assert shelves(elsewhere) == ["A"]
        session.rollback()
        assert shelves(session) == ["A"]


def test_a_change_that_is_committed_while_it_is_read_is_seen_the_next_time(database, other) -> None:
    def slowly(session) -> list[str]:
        found = names(session)
        if not found:
            with other.transaction() as elsewhere:
                elsewhere.add(Shelf(name="A"))
        return found

    with database.reading() as session:
        assert kept(session, (Shelf, Line), slowly) == []
        assert kept(session, (Shelf, Line), slowly) == ["A"]
