"""References that triggers hold by the statement keep the promises of a foreign key, whoever comes first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.db.bulk import copy_rows
from chassis.db.database import Database
from chassis.db.refusals import refusal_for
from chassis.errors import Invalid
from chassis.ids import uuid7
from chassis.testing import eventually
from contacts.companies.model import Company
from contacts.imports.model import ImportedCompany
from contacts.people.model import Person
from contacts.points.model import ContactPoint

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
POINT = ("key", "kind", "value", "typed", "label", "shared", "position", "person_id")


def add_points(session: Session, *owners: UUID) -> None:
    rows = [(f"email:{uuid7()}@x.cn", "email", "a@x.cn", "a@x.cn", "", "f", "9", str(owner)) for owner in owners]
    copy_rows(session, "contact_points", POINT, rows)


def remove(session: Session, *people: UUID) -> None:
    session.execute(delete(Person).where(Person.id.in_(people)))


def move(session: Session, person_id: UUID, company_id: UUID) -> None:
    session.execute(update(Person).where(Person.id == person_id).values(company_id=company_id))


def close(session: Session, *companies: UUID) -> None:
    session.execute(delete(Company).where(Company.id.in_(companies)))


def count(database: Database, model: Any, *where: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


@pytest.fixture
def people(person: Any) -> list[UUID]:
    return [UUID(person(name=f"P{i}", email=f"p{i}@example.com")["id"]) for i in range(3)]


@pytest.fixture
def companies(api: Any) -> list[UUID]:
    return [UUID(api.post("/companies", json={"name": f"C{i}"}).json["id"]) for i in range(2)]


def test_who_is_not_there_cannot_be_referred_to(database: Database, people: list[UUID], companies: list[UUID]) -> None:
    nobody = uuid7()
    wrong: list[tuple[str, Callable[[Session], None]]] = [
        ("person_id", lambda session: add_points(session, people[0], nobody, people[1])),
        ("company_id", lambda session: move(session, people[0], nobody)),
        ("company_id", lambda session: session.add(Person(name="Li", source="api", company_id=nobody))),
    ]
    for field, work in wrong:
        with pytest.raises(IntegrityError) as refused, database.transaction() as session:
            work(session)
        refusal = refusal_for(refused.value)
        assert isinstance(refusal, Invalid)
        assert [(error.field, error.code) for error in refusal.errors] == [(field, "unknown_reference")]
    assert count(database, ContactPoint) == count(database, Person) == 3
    assert count(database, Person, Person.company_id.is_not(None)) == 0


def test_who_is_deleted_leaves_nothing_behind(database: Database, people: list[UUID], companies: list[UUID]) -> None:
    with database.transaction() as session:
        add_points(session, *people)
        for person_id, company_id in zip(people, [*companies, companies[0]], strict=True):
            move(session, person_id, company_id)
        session.add_all(ImportedCompany(job_id=uuid7(), company_id=id_) for id_ in companies)
    with database.transaction() as session:
        close(session, companies[0])
        remove(session, *people[:1])
    assert count(database, ContactPoint) == count(database, ContactPoint, ContactPoint.person_id.in_(people[1:])) == 4
    assert count(database, ImportedCompany) == 1
    with database.reading() as session:
        assert session.execute(select(Person.id, Person.company_id).order_by(Person.name)).all() == [
            (people[1], companies[1]),
            (people[2], None),
        ]


def race(database: Database, first: Callable[[Session], None], second: Callable[[Session], None]) -> Any:
    """Do `second` while `first` is not committed yet, for which it has to wait; what it raised."""

    def follow() -> None:
        with database.transaction() as session:
            second(session)

    with ThreadPoolExecutor(1) as pool, database.reading() as watcher:
        with database.transaction() as session:
            first(session)
            session.flush()
            follower = pool.submit(follow)
            eventually(lambda: watcher.scalar(WAITING))
        return follower.exception(timeout=20)


def test_what_is_added_to_somebody_while_they_are_deleted(database: Database, people: list[UUID]) -> None:
    gone = race(database, lambda s: add_points(s, people[0]), lambda s: remove(s, people[0]))
    assert gone is None
    assert count(database, ContactPoint, ContactPoint.person_id == people[0]) == 0
    late = race(database, lambda s: remove(s, people[1]), lambda s: add_points(s, people[2], people[1]))
    assert isinstance(late, IntegrityError)
    assert count(database, ContactPoint) == count(database, Person) == 1


def test_who_comes_to_a_company_while_it_is_deleted(
    database: Database, people: list[UUID], companies: list[UUID]
) -> None:
    gone = race(database, lambda s: move(s, people[0], companies[0]), lambda s: close(s, companies[0]))
    assert gone is None
    late = race(database, lambda s: close(s, companies[1]), lambda s: move(s, people[1], companies[1]))
    assert isinstance(late, IntegrityError)
    assert count(database, Company) == count(database, Person, Person.company_id.is_not(None)) == 0
    assert count(database, Person) == 3
