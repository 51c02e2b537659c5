"""Names of the people who ask, kept as contacts tells them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.aliases import resolve
from chassis.events import Event
from service_desk.conversation.model import Message
from service_desk.entitlements.model import Entitlement
from service_desk.heard import copy_of
from service_desk.merged.model import MergedPerson
from service_desk.people.model import Person
from service_desk.surveys.model import Survey
from service_desk.tickets.model import Ticket

ERASED = "[erased]"
_COPIES = {
    "requester_name": "name",
    "requester_email": "email",
    "requester_phone": "phone",
    "company_id": "company_id",
    "company_name": "company_name",
}


def complete(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """The fields of a new ticket, what is missing of its person filled in from the copy."""
    if data.get("person_id"):
        data = data | {"person_id": resolve(session, MergedPerson, data["person_id"])}
    person = session.get(Person, data["person_id"]) if data.get("person_id") else None
    if person is None:
        return data
    return data | {field: getattr(person, name) for field, name in _COPIES.items() if not data.get(field)}


def take_contact(session: Session, event: Event) -> None:
    """Keep what contact.created and contact.updated tell, in the copy and on the person's tickets.

    An older event, and any event after the erasure, changes nothing.
    """
    personal, now = event.personal, clock.now()
    told: dict[str, Any] = {
        "id": event.uuid("person_id"),
        "name": personal.get("name"),
        "email": next(iter(personal.get("emails") or ()), None),
        "phone": next(iter(personal.get("phones") or ()), None),
        "company_id": event.optional_uuid("company_id"),
        "company_name": personal.get("company_name"),
        "erased": False,
        "heard": event.sequence,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    if session.scalar(_PUT, told):
        _rename(session, told["id"], told["name"], told["company_name"])


def _put() -> Any:
    """INSERT of a copy, or UPDATE of one that is older; returns the id where either was done."""
    put = insert(Person)
    kept = ("name", "email", "phone", "company_id", "company_name", "heard", "updated_at")
    newer = (Person.heard <= put.excluded.heard) & ~Person.erased
    changes = {name: put.excluded[name] for name in kept} | {"version": Person.version + 1}
    return put.on_conflict_do_update(index_elements=["id"], set_=changes, where=newer).returning(Person.id)


# Built once: an import of a million people is a million of these.
_PUT = _put()


def _rename(session: Session, person_id: UUID, name: str | None, company_name: str | None) -> None:
    for ticket in _tickets_of(session, person_id):
        ticket.requester_name = name or ticket.requester_name
        ticket.company_name = company_name or ticket.company_name


def _tickets_of(session: Session, person_id: UUID) -> list[Ticket]:
    statement = select(Ticket).where(Ticket.person_id == person_id).order_by(Ticket.id).with_for_update(of=Ticket)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def erase(session: Session, event: Event) -> None:
    """The person has been erased in contacts: nothing that they wrote or that names them stays here."""
    person = copy_of(session, Person, event.uuid("person_id"))
    person.name = person.email = person.phone = person.company_name = None
    person.erased = True
    tickets = _tickets_of(session, person.id)
    for ticket in tickets:
        ticket.requester_name = ERASED
        ticket.requester_email = ticket.requester_phone = None
    said = Message.ticket_id.in_([ticket.id for ticket in tickets])
    session.execute(update(Message).where(said, Message.direction == "in").values(body=ERASED, author_name=ERASED))
    session.execute(update(Survey).where(Survey.person_id == person.id).values(comment=None))
    for entitlement in session.scalars(select(Entitlement).where(Entitlement.person_id == person.id)):
        entitlement.holder_name = ERASED
