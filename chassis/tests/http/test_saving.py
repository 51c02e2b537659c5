"""An entity that is saved is what a flush would have made of it, and refused as a flush would be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from notebook.model import Note, Shelf
from sqlalchemy import delete, event, select, text, update
from sqlalchemy.orm.exc import StaleDataError

from chassis.db.driver import Cursor
from chassis.db.saving import save, save_if_new


@pytest.fixture
def shelf(database) -> Shelf:
    with database.transaction() as session:
        made = Shelf(name="A")
        session.add(made)
    return made


def stored(database) -> list[tuple[str, int]]:
    with database.reading() as session:
        return [tuple(row) for row in session.execute(select(Shelf.name, Shelf.version).order_by(Shelf.name))]


def test_a_new_one_has_its_id_and_its_defaults_and_is_found(database) -> None:
    with database.transaction() as session:
        made = Shelf(name="A")
        session.add(made)
        save(session, made)
        assert (made.version, made in session.new) == (1, False)
        assert session.get(Shelf, made.id) is made
        assert session.scalar(select(Shelf.name).where(Shelf.id == made.id)) == "A"
        made.name = "B"
        save(session, made)
        made.name = "C"
        save(session, made)
    assert (made.version, stored(database)) == (3, [("C", 3)])


def test_a_changed_one_takes_no_flush(database, shelf) -> None:
    flushed: list[object] = []
    with database.transaction() as session:
        event.listen(session, "after_flush", lambda *_: flushed.append(1))
        held = session.get_one(Shelf, shelf.id)
        held.name = "B"
        save(session, held)
        assert held.updated_at > shelf.updated_at
    assert (held.version, flushed, stored(database)) == (2, [], [("B", 2)])


def test_one_that_has_the_values_it_had_stays_at_its_version(database, shelf) -> None:
    with database.transaction() as session:
        held = session.get_one(Shelf, shelf.id)
        held.name = "A"
        save(session, held)
    assert (held.version, stored(database)) == (1, [("A", 1)])


@pytest.mark.parametrize("done", ["changed", "deleted"])
@pytest.mark.parametrize("asks", [False, True])
def test_what_somebody_else_did_meanwhile_is_not_written_over(database, shelf, done, asks) -> None:
    changed = update(Shelf).values(name="theirs", version=2) if done == "changed" else delete(Shelf)
    with database.session() as session:
        held = session.get_one(Shelf, shelf.id)
        with database.transaction() as other:
            other.execute(changed)
        held.name = "mine"
        save(session, held)
        with pytest.raises(StaleDataError):
            _ = session.execute(text("SELECT 1")) if asks else session.commit()
    assert stored(database) == ([("theirs", 2)] if done == "changed" else [])


def test_in_a_savepoint_it_goes_with_it(database, shelf) -> None:
    with database.transaction() as session:
        held = session.get_one(Shelf, shelf.id)
        nested = session.begin_nested()
        held.name = "B"
        save(session, held)
        nested.rollback()
        assert (held.name, held.version) == ("A", 1)
    assert stored(database) == [("A", 1)]


def test_with_others_all_are_written_in_their_order(database) -> None:
    with database.transaction() as session:
        first, note = Shelf(name="A"), Note(title="Lamps", price=Decimal("1.50"), phone="123")
        session.add_all([first, note])
        save(session, first)
        assert (first.version, note.version, note.search_text) == (1, 1, "lamps\n123")


def test_one_that_is_there_is_not_put_in_again(database, shelf) -> None:
    with database.transaction() as session:
        assert not save_if_new(session, Shelf(id=shelf.id, name="B", version=1))
        made = Shelf(name="C", version=1)
        assert save_if_new(session, made)
        assert session.get(Shelf, made.id) is made
    assert stored(database) == [("A", 1), ("C", 1)]


def test_many_go_by_one_statement_for_those_of_which_the_same_was_changed(database, monkeypatch) -> None:
    with database.transaction() as session:
        session.add_all([Shelf(name=name) for name in "ABCD"])
    said, execute = [], Cursor.execute
    with database.transaction() as session:
        shelves = list(session.scalars(select(Shelf).order_by(Shelf.name)))
        for shelf in shelves[:3]:
            shelf.name += "1"
        monkeypatch.setattr(Cursor, "execute", lambda self, *a, **k: said.append(a[0]) or execute(self, *a, **k))
        save(session, *shelves)
    assert len(said) == 1
    assert stored(database) == [("A1", 2), ("B1", 2), ("C1", 2), ("D", 1)]


def test_of_many_that_one_was_changed_meanwhile_none_is_written_over(database) -> None:
    with database.transaction() as session:
        session.add_all([Shelf(name=name) for name in "AB"])
    with database.session() as session:
        shelves = list(session.scalars(select(Shelf).order_by(Shelf.name)))
        with database.transaction() as other:
            other.execute(update(Shelf).where(Shelf.name == "B").values(name="theirs", version=2))
        for shelf in shelves:
            shelf.name = "mine"
        save(session, *shelves)
        with pytest.raises(StaleDataError):
            session.commit()
    assert stored(database) == [("A", 1), ("theirs", 2)]
