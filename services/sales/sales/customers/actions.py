"""Keep the copy of contacts' people and companies, and find in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events import Event
from chassis.ids import uuid7
from sales.customers.model import Company, Person
from sales.locks import hold


def take_person(session: Session, event: Event) -> Person | None:
    """Copy the person that contact.created or contact.updated tells of; None where a newer event did
    already."""
    data, personal = event.data, event.personal
    values = {
        "id": UUID(data["person_id"]),
        "name": personal.get("name"),
        "email": _first(personal.get("emails")),
        "phone": _first(personal.get("phones")),
        "company_id": _id(data.get("company_id")),
        "company_name": personal.get("company_name"),
        "country": data.get("country"),
        "postcode": data.get("postcode"),
        "erased": False,
        "known_sequence": event.sequence,
    }
    return _put(session, Person, values, ~Person.erased)


def take_company(session: Session, event: Event) -> Company | None:
    """Copy the company that company.created or company.updated tells of; None where a newer event did
    already."""
    values = {
        "id": UUID(event.data["company_id"]),
        "name": event.data["name"],
        "known_sequence": event.sequence,
    }
    return _put(session, Company, values, true())


def forget(session: Session, person_id: UUID) -> None:
    """Erase the person, and remember that: what others tell later is not taken any more."""
    nothing = dict.fromkeys(("name", "email", "phone", "company_id", "company_name", "country", "postcode"))
    values = {"id": person_id, **nothing, "erased": True, "known_sequence": 0}
    put = insert(Person).values(values).on_conflict_do_update(index_elements=["id"], set_=values)
    session.execute(put)


def introduce(session: Session, person_id: UUID, **known: Any) -> Person:
    """The person with this id; made of what is `known` of it where contacts has not told of it yet."""
    values = {"id": person_id, **known, "erased": False, "known_sequence": 0}
    made = session.scalars(
        insert(Person).values(values).on_conflict_do_nothing().returning(Person)
    ).one_or_none()
    return made or session.get_one(Person, person_id)


def recognise(session: Session, email: str | None, phone: str | None) -> UUID:
    """The id of the person with this e-mail address or, failing that, phone number; a new id where nobody has
    them."""
    hold(session, *(f"reach:{way}" for way in (email, phone) if way))
    for column, way in ((Person.email, email), (Person.phone, phone)):
        found = (
            session.scalar(select(Person.id).where(column == way).order_by(Person.id).limit(1))
            if way
            else None
        )
        if found:
            return found
    return uuid7()


def person_named(session: Session, person_id: UUID | None) -> Person | None:
    """The person with this id, if known."""
    return session.get(Person, person_id) if person_id else None


def company_name(session: Session, company_id: UUID | None) -> str | None:
    """What the company is called, if known."""
    company = session.get(Company, company_id) if company_id else None
    return company.name if company else None


def _put(session: Session, model: type[Any], values: dict[str, Any], wanted: ColumnElement[bool]) -> Any:
    put = insert(model).values(values)
    newer = (model.known_sequence < put.excluded.known_sequence) & wanted
    statement = put.on_conflict_do_update(index_elements=["id"], set_=values, where=newer).returning(model)
    return session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


def _first(ways: list[Any] | None) -> str | None:
    return ways[0] if ways else None


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None
