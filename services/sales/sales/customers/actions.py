"""Keep the copy of contacts' people and companies, and find in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from typing import cast as typed
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from chassis.access import actor, visible
from chassis.company_names import company_key
from chassis.copies import company_told, person_told
from chassis.db.aliases import resolve
from chassis.db.bulk import insert_rows, rows_given
from chassis.db.saving import save_if_new
from chassis.db.sending import ask
from chassis.events import Told
from chassis.ids import uuid7
from sales.customers.model import Company, Person
from sales.locks import hold
from sales.merged.model import MergedCompany, MergedPerson

Copy = TypeVar("Copy", Person, Company)
Statement = TypeVar("Statement", bound=Select[Any])


@dataclass(frozen=True, slots=True)
class Taken:
    """What is told, by column (ids as texts), of those who were copied because nothing newer was known: `changed` are
    those of whom there was a copy before, that leads and deals may show."""

    new: list[dict[str, Any]]
    changed: list[dict[str, Any]]


_PEOPLE = typed(Table, Person.__table__)
_FIRST = select(_PEOPLE.c.id).order_by(_PEOPLE.c.id).limit(1)
# Built once: every lead that comes in asks for them.
_WITH_EMAIL = _FIRST.where(_PEOPLE.c.email == bindparam("way", type_=Text()))
_WITH_PHONE = _FIRST.where(_PEOPLE.c.phone == bindparam("way", type_=Text()))
_MOST = 200  # of one name, or with one address
_KEPT = ("grade", "graded_sequence")  # what no copy of a person or company overwrites


def _newer(model: type[Person] | type[Company], *still: ColumnElement[bool]) -> ReturningInsert[bool, str]:
    """INSERT of a copy, or UPDATE where the copy is of no newer event. Returns, where either was done, whether there
    was a copy before, and the id as text, which costs a fraction of an object."""
    table = typed(Table, model.__table__)
    names = [column.name for column in table.c if column.name not in _KEPT]
    put = insert_rows(table, names)
    columns = {name: put.excluded[name] for name in names if name != "id"}
    newer = and_(model.known_sequence <= put.excluded.known_sequence, *still)
    was_there = literal_column("xmax <> 0", Boolean)
    put = put.on_conflict_do_update(index_elements=["id"], set_=columns, where=newer)
    return put.returning(was_there, cast(table.c.id, Text))


# Built once: there are many of these.
_PUT_PERSON, _PUT_COMPANY = _newer(Person, ~Person.erased), _newer(Company)


def take_people(session: Session, told: Sequence[Told]) -> Taken:
    """Copy the people who are told of, each person once, unless a newer event told or the person was erased: one
    statement."""
    return _take(session, _PUT_PERSON, map(_person, told))


def _person(told: Told) -> dict[str, Any]:
    data = told.data
    where = {"country": data.get("country"), "postcode": data.get("postcode")}
    return person_told(told) | where | {"erased": False, "known_sequence": told.sequence}


def take_companies(session: Session, told: Sequence[Told]) -> Taken:
    """Copy the companies that are told of, likewise."""
    return _take(session, _PUT_COMPANY, map(_company, told))


def _take(session: Session, put: ReturningInsert[bool, str], rows: Iterable[dict[str, Any]]) -> Taken:
    told = {row["id"]: row for row in rows}
    if not told:
        return Taken([], [])
    parted: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for was_there, id_ in ask(session, put, rows_given(list(told.values()))):
        parted[was_there].append(told[id_])
    return Taken(parted[False], parted[True])


def _company(told: Told) -> dict[str, Any]:
    data = told.data
    known = {name: data.get(name) for name in ("domain", "country", "region", "postcode", "industry", "employees")}
    called = company_told(told)
    return called | known | {"name_key": company_key(called["name"]), "known_sequence": told.sequence}


def take_grade(session: Session, person_id: UUID, grade: str | None, sequence: int) -> bool:
    """Keep the grade of a person, unless a newer one is known or they were erased; whether it was kept."""
    put = insert(Person).values(id=person_id, grade=grade, graded_sequence=sequence, erased=False, known_sequence=0)
    newer = (Person.graded_sequence < sequence) & ~Person.erased
    kept = {"grade": grade, "graded_sequence": sequence}
    put = put.on_conflict_do_update(index_elements=["id"], set_=kept, where=newer)
    return session.scalar(put.returning(Person.id)) is not None


def forget(session: Session, person_id: UUID) -> None:
    """Remember that the person is erased: what others tell later is not taken any more."""
    put = insert(Person).values(id=person_id, erased=True, known_sequence=0)
    session.execute(put.on_conflict_do_update(index_elements=["id"], set_={"erased": True}))


def introduce(session: Session, person_id: UUID, **known: Any) -> Person:
    """The person with this id; made of what is `known` of it, as the actor's partner company's, where contacts has not
    told of it yet.

    Whoever makes a lead or deal of a person introduces it first: so a copy that was not there before is shown nowhere.
    The row stays as it is until this transaction ends: so what is made shows the newest name.
    """
    values = {"id": person_id, **known, "partner_id": actor().partner_id, "erased": False, "known_sequence": 0}
    return _introduced(session, Person, values)


def introduce_company(session: Session, company_id: UUID) -> Company:
    """The company with this id, likewise; without a name where contacts has not told of it yet."""
    current = current_company_id(session, company_id)
    return _introduced(session, Company, {"id": current, "partner_id": actor().partner_id, "known_sequence": 0})


def find_company(session: Session, name: str) -> Company | None:
    """The company of this name, in whatever case; the first known of several. A partner finds those that are theirs."""
    named = _matching(select(Company).where(func.lower(Company.name) == name.lower()), Company)
    return session.scalars(named.order_by(Company.id).limit(1)).one_or_none()


def companies_like(session: Session, name: str, domains: Sequence[str]) -> list[UUID]:
    """The companies of this name in whatever spelling, or with one of these web domains; the first known come first."""
    named = or_(Company.name_key == company_key(name), Company.domain.in_(domains))
    found = session.scalars(select(Company.id).where(named).order_by(Company.id).limit(_MOST)).all()
    return list(dict.fromkeys(resolve(session, MergedCompany, id_) for id_ in found))


def people_reached_by(session: Session, email: str | None, phone: str | None) -> list[UUID]:
    """The people with this e-mail address, or this phone number."""
    ways = [column == way for column, way in ((Person.email, email), (Person.phone, phone)) if way]
    return list(session.scalars(select(Person.id).where(or_(*ways)).limit(_MOST))) if ways else []


def find_or_name_company(session: Session, name: str) -> tuple[Company, bool]:
    """The company of this name, or a new one with an id that contacts makes it under; whether it is new. Two who name
    it at once get the same."""
    hold(session, f"company:{name.lower()}")
    if known := find_company(session, name):
        return known, False
    called = {"name": name, "name_key": company_key(name), "partner_id": actor().partner_id}
    return _introduced(session, Company, {"id": uuid7(), **called, "known_sequence": 0}), True


def current_id(session: Session, person_id: UUID) -> UUID:
    """Whom this id stands for, after what was merged in contacts."""
    return resolve(session, MergedPerson, person_id)


def current_company_id(session: Session, company_id: UUID) -> UUID:
    """Which company this id stands for, likewise."""
    return resolve(session, MergedCompany, company_id)


def hold_person(session: Session, person_id: UUID) -> UUID:
    """Let nobody else make a lead of this person, or merge them, until this transaction ends; whom the id stands
    for."""
    hold(session, f"person:{person_id}")
    current = current_id(session, person_id)
    if current != person_id:
        hold(session, f"person:{current}")
    return current


def recognise(session: Session, email: str | None, phone: str | None) -> UUID | None:
    """The id of the person with this e-mail address or, failing that, phone number; None where nobody has them. Whoever
    asks for the same waits until this transaction ends.

    Partners are told of nobody but their own: whom else they name is made a new person, too, and contacts says later
    who it is."""
    hold(session, *(f"reach:{way}" for way in (email, phone) if way))
    for having, way in ((_WITH_EMAIL, email), (_WITH_PHONE, phone)):
        if way and (found := _first_reached(session, having, way)):
            return found
    return None


def _first_reached(session: Session, having: Select[Any], way: str) -> UUID | None:
    if actor().reach == "partner":
        return session.scalar(visible(having, Person), {"way": way})
    return next((id_ for (id_,) in ask(session, having, {"way": way})), None)


def name_of(copy: Person | Company | None, partner_id: UUID | None) -> str | None:
    """What a record of this partner, or of the house (None), calls a person or company, if they are known."""
    return copy.name if copy and copy.shown_to(partner_id) else None


def _matching(statement: Statement, model: type[Person] | type[Company]) -> Statement:
    """Of what is found by what it says of itself, what the actor may be told of."""
    return visible(statement, model) if actor().reach == "partner" else statement


def _introduced(session: Session, model: type[Copy], values: dict[str, Any]) -> Copy:
    made = model(**values)
    if save_if_new(session, made):
        return made
    return session.get_one(model, values["id"], with_for_update={"read": True})
