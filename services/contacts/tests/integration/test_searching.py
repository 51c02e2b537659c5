"""The n-grams of people stand beside them: written with each change, made later of those whom imports have made."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from chassis.db import beside
from chassis.db.database import Database
from chassis.db.grams import grams_of, text_of
from chassis.db.refolding import without_accents
from chassis.jobs import Job, JobRun
from chassis.testing import at_once, eventually
from contacts.imports import kind as importing
from contacts.people.model import Person
from contacts.searching import actions as searching
from contacts.searching.model import PeopleWithoutGrams, PersonGrams

Json = dict[str, Any]


def entries(database: Database) -> dict[UUID, set[str]]:
    with database.reading() as session:
        return {
            id_: set(grams) for id_, grams in session.execute(select(PersonGrams.person_id, PersonGrams.search_grams))
        }


def made_afresh(database: Database) -> dict[UUID, set[str]]:
    """What the entries have to be, by all that is known of people."""
    with database.reading() as session:
        return {one.id: set(grams_of(text_of(one.search_terms()))) for one in session.scalars(select(Person))}


def behind(database: Database) -> int:
    with database.reading() as session:
        return beside.behind(session, PersonGrams)


def found(api: Any, query: str) -> list[str]:
    return sorted(person["name"] for person in api.get("/people", query_string={"q": query}).json["data"])


def listed(count: int, first: int = 0) -> str:
    rows = (f"Person{i} Weber,w{i}@example.com,GmbH {i % 3}" for i in range(first, first + count))
    return "\n".join(["name,email,company", *rows])


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every import is too long to end with its people found; a clock finds them, two in a transaction."""
    monkeypatch.setattr(searching, "ENDED_WITH", 0)
    monkeypatch.setattr(searching, "AT_ONCE", 2)


@pytest.fixture
def follow(tick: Callable[[str], Any], database: Database) -> Callable[[], int]:
    """The clock, until nothing is left; how often it ran."""

    def run() -> int:
        times = 0
        while behind(database) or times == 0:
            tick("make_searchable")
            times += 1
        return times

    return run


def test_a_short_import_ends_when_its_people_are_found(api: Any, imported: Any, database: Database) -> None:
    imported(listed(5))
    assert found(api, "person3") == ["Person3 Weber"]
    assert entries(database) == made_afresh(database)
    assert len(entries(database)) == 5
    assert behind(database) == 0


def test_it_does_so_whoever_else_was_made_between_its_people(
    imported: Any, database: Database, long: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two imports at once have ids in turn: those of one reach over people of the other."""
    job_id = UUID(imported(listed(5))["id"])
    with database.transaction() as session:
        session.execute(text("UPDATE people_without_grams SET rows = 1"))
        job = session.get_one(Job, job_id)
        job.status = "running"
    monkeypatch.setattr(searching, "ENDED_WITH", 5)
    assert searching.finish(JobRun(database, job)) == 0
    assert len(entries(database)) == 5
    with database.reading() as session:
        assert session.scalars(select(PeopleWithoutGrams)).all() == []


def test_those_of_a_long_one_are_found_a_moment_later(
    api: Any, imported: Any, database: Database, long: None, follow: Callable[[], int]
) -> None:
    result = imported(listed(5))["result"]
    assert (entries(database), behind(database), result["searchable_later"]) == ({}, 5, 5)
    assert found(api, "person3") == []
    assert api.get("/people").json["data"][0]["name"] == "Person4 Weber"
    assert follow() == 3
    assert found(api, "person3") == ["Person3 Weber"]
    assert entries(database) == made_afresh(database)
    assert searching.BEHIND._value.get() == 0  # type: ignore[attr-defined]
    assert "searchable_later" not in imported(listed(5))["result"]
    assert behind(database) == 0


def test_it_waits_for_imports_but_not_for_ever(
    imported: Any, database: Database, long: None, follow: Any, tick: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(listed(3))
    monkeypatch.setattr(importing, "under_way", lambda _: True)
    clock.advance(seconds=50)
    tick("make_searchable")
    assert (entries(database), behind(database)) == ({}, 3)
    clock.advance(seconds=20)
    assert follow() == 2
    assert len(entries(database)) == 3


def test_whatever_becomes_of_people_their_entries_are_as_if_made_afresh(
    api: Any, imported: Any, run_jobs: Any, person: Any, database: Database, long: None, follow: Any
) -> None:
    """A mix of all that changes what somebody is found by, while half of them have no entries yet."""
    dice = random.Random(11)
    first = imported(listed(8))["id"]
    people = [person(name=f"Li {i}", email=f"li{i}@example.com", company_name=f"GmbH {i % 2}") for i in range(4)]

    def some() -> Json:
        return dice.choice(api.get("/people?limit=200").json["data"])

    def change(**data: Any) -> None:
        one = some()
        answer = api.patch(f"/people/{one['id']}", json=data, headers={"If-Match": f'"{one["version"]}"'})
        assert answer.status_code == 200, answer.text

    def rename_company() -> None:
        company = dice.choice(api.get("/companies").json["data"])
        answer = api.patch(
            f"/companies/{company['id']}", json={"name": f"AG {dice.random()}"},
            headers={"If-Match": f'"{company["version"]}"'},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text

    def bulk_edit() -> None:
        replace = [{"field": "name", "find": "Weber", "by": f"Wagner{dice.randrange(99)}"}]
        answer = api.post("/people/bulk-edits", json={"ids": [some()["id"] for _ in range(3)], "replace": replace})
        assert answer.status_code == 202, answer.text
        run_jobs()

    def merge(undo: bool) -> None:
        one, other = dice.sample(api.get("/people?limit=200").json["data"], 2)
        done = api.post(f"/people/{one['id']}/merge", json={"loser_ids": [other["id"]]})
        assert done.status_code == 200, done.text
        if undo:
            assert api.post(f"/merges/{done.json['merges'][0]['id']}/unmerge").status_code == 200

    moves: list[Callable[[], Any]] = [
        lambda: change(name=f"Renamed {dice.random()}"),
        lambda: change(emails=[{"value": f"new{dice.random()}@example.com"}]),
        lambda: change(city="Ulm"),
        rename_company,
        bulk_edit,
        lambda: merge(undo=False),
        lambda: merge(undo=True),
        lambda: imported(listed(6, dice.randrange(9)).replace("Weber", dice.choice(("Weber", "Fischer")))),
    ]
    for _ in range(2):
        for move in dice.sample(moves, len(moves)):
            move()
            there, right = entries(database), made_afresh(database)
            assert {id_: grams for id_, grams in there.items() if grams != right.get(id_)} == {}, move
        follow()
        assert entries(database) == made_afresh(database)
    api.delete(f"/people/{people[0]['id']}")
    api.post(f"/imports/{first}/undo")
    run_jobs()
    assert entries(database) == made_afresh(database)


def test_who_changes_somebody_meanwhile_has_the_last_word(
    api: Any, imported: Any, database: Database, long: None, waiting: Any
) -> None:
    imported(listed(4))
    with ThreadPoolExecutor(2) as pool:
        # Their entries are made, but not committed yet; the change waits, and writes over one.
        with database.transaction() as session:
            beside.follow(session, Person, 2)
            first, second = session.scalars(select(PersonGrams.person_id).order_by(PersonGrams.person_id))
            change = pool.submit(rename, api, first, "Overwritten")
            eventually(waiting)
        assert change.result() == 200
        # The other way round: a change that is not committed yet is waited for, and stays.
        with database.transaction() as session:
            third = session.scalars(
                select(Person).where(Person.id > second).order_by(Person.id).with_for_update().limit(1)
            ).one()
            third.name = "Earlier"
            session.flush()
            following = pool.submit(database.run, lambda session: beside.follow(session, Person, 9))
            eventually(waiting)
        assert following.result() is True
    assert (found(api, "overwritten"), found(api, "earlier")) == (["Overwritten"], ["Earlier"])
    assert entries(database) == made_afresh(database)
    assert behind(database) == 0


def rename(api: Any, id_: UUID, name: str) -> int:
    return int(api.patch(f"/people/{id_}", json={"name": name}, headers={"If-Match": '"1"'}).status_code)


@pytest.fixture
def waiting(database: Database) -> Callable[[], int]:
    """How many wait for a lock in this database."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    def count() -> int:
        with database.reading() as session:
            return session.scalar(query) or 0

    return count


def test_several_who_follow_at_once_make_each_entry_once(
    api: Any, imported: Any, database: Database, long: None
) -> None:
    for first in (0, 5, 10):
        imported(listed(5, first))

    def until_done() -> None:
        while database.run(lambda session: beside.follow(session, Person, 2)):
            pass

    at_once(*[until_done] * 3)
    assert len(entries(database)) == 15
    assert entries(database) == made_afresh(database)
    assert behind(database) == 0


def test_what_dies_on_the_way_is_done_again(
    imported: Any, database: Database, long: None, follow: Any, tick: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(listed(5))
    tick("make_searchable")
    before = entries(database)
    with monkeypatch.context() as patched:
        patched.setattr(searching, "behind", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tick("make_searchable")
    assert (len(before), entries(database), behind(database)) == (2, before, 3)
    follow()
    assert entries(database) == made_afresh(database)


def test_nothing_is_left_of_who_goes(api: Any, imported: Any, database: Database, long: None, follow: Any) -> None:
    imported(listed(3))
    gone, stays, erased = (one["id"] for one in api.get("/people").json["data"])
    assert api.delete(f"/people/{gone}", headers={"If-Match": '"1"'}).status_code == 204
    follow()
    assert set(entries(database)) == {UUID(stays), UUID(erased)}
    assert api.delete(f"/people/{erased}", headers={"If-Match": '"1"'}).status_code == 204
    assert set(entries(database)) == {UUID(stays)}
    with database.reading() as session:
        assert session.scalars(select(PeopleWithoutGrams)).all() == []


def test_who_comes_back_by_an_unmerge_is_found(api: Any, person: Any, database: Database) -> None:
    one, other = person(name="Anna"), person(name="Bea", email="bea@example.com")
    done = api.post(f"/people/{one['id']}/merge", json={"loser_ids": [other["id"]]}).json
    version = {"If-Match": f'"{done["person"]["version"]}"'}
    assert api.patch(f"/people/{one['id']}", json={"emails": []}, headers=version).status_code == 200
    person(name="Carl", email="bea@example.com")
    assert entries(database) == made_afresh(database)
    assert api.post(f"/merges/{done['merges'][0]['id']}/unmerge").status_code == 200
    assert entries(database) == made_afresh(database)
    assert (found(api, "bea@example.com"), found(api, "bea")) == (["Carl"], ["Bea", "Carl"])


def test_what_processes_of_the_release_before_write_is_taken_over(api: Any, person: Any, database: Database) -> None:
    one = person(name="Anna")
    with database.transaction() as session:
        session.execute(text("UPDATE people SET name = 'Bea', search_text = 'bea', search_grams = '{^b,^be,bea}'"))
    assert entries(database) == {UUID(one["id"]): {"^b", "^be", "bea"}}
    assert (found(api, "bea"), found(api, "anna")) == (["Bea"], [])


def test_accents_and_ways_to_dial_do_not_matter(api: Any, person: Any) -> None:
    person(name="Jürgen Großmann", phone="+49 171 64784392")
    person(name="Łukasz Zak", email="lukasz@example.com")
    for query in ("jurgen", "JÜRGEN gross", "0171 64784392", "0049 171 6478", "+49 (0)171 64", "64784392"):
        assert [p["name"] for p in api.get("/people", query_string={"q": query}).json["data"]] == ["Jürgen Großmann"]
    assert [p["name"] for p in api.get("/people?q=żak").json["data"]] == ["Łukasz Zak"]


def test_who_is_here_is_brought_into_the_new_normal_form(api: Any, person: Any, database: Database) -> None:
    muller, li = person(name="Müller"), person(name="李娜")
    old, key = "müller\nmarcel é", UUID(muller["id"])
    with database.transaction() as session:
        now = session.scalar(select(Person.search_text).where(Person.id == UUID(li["id"])))
        session.execute(text("UPDATE people SET search_text = :old WHERE id = :id"), {"old": old, "id": key})
        session.execute(text("UPDATE people_grams SET search_grams = '{mül}' WHERE person_id = :id"), {"id": key})
    for _ in range(2):
        with database.transaction() as session:
            without_accents(session.connection(), ("people",), {"people": ("people_grams", "person_id")})
        with database.reading() as session:
            person_ = session.get(Person, key)
            assert person_ is not None
            assert (person_.search_text, person_.version) == ("muller\nmarcel e", 1)
            grams = session.scalar(select(PersonGrams.search_grams).where(PersonGrams.person_id == key))
            assert grams == grams_of("muller\nmarcel e")
            assert session.scalar(select(Person.search_text).where(Person.id == UUID(li["id"]))) == now
    assert [p["name"] for p in api.get("/people?q=Muller").json["data"]] == ["Müller"]
