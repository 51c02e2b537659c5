"""Names of the people who ask, kept as contacts tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from typing import cast as typed
from uuid import UUID

from sqlalchemy import Table, Text, cast, exists, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import visible
from chassis.copies import person_told, refuse_unreached, shown, with_ids
from chassis.db.aliases import resolve
from chassis.db.bulk import ids_given, insert_rows, one_of, one_of_given, rows_given
from chassis.db.sending import ask, send
from chassis.events import Event, told_of
from chassis.privacy import people_of
from service_desk.companies import actions as companies
from service_desk.heard import copy_of
from service_desk.merged.model import MergedPerson
from service_desk.people.model import Person
from service_desk.tickets.model import Ticket

_OF_PERSON = {"requester_name": "name", "requester_email": "email", "requester_phone": "phone"}
_COPIES = _OF_PERSON | {"company_id": "company_id", "company_name": "company_name"}
_SHOWN = ("id", "name", "company_id", "company_name", "partner_id")


def named(session: Session, data: dict[str, Any], partner_id: UUID | None) -> dict[str, Any]:
    """The fields of a ticket of this partner, or of the house (None), with whom its ids stand for after what was
    merged, and its company's name. Invalid (`unknown_person`, `unknown_company`) for whom the actor does not reach in
    contacts and no ticket within reach names."""
    if data.get("person_id"):
        person_id = resolve(session, MergedPerson, data["person_id"])
        theirs = visible(select(Ticket.id).where(Ticket.person_id == person_id), Ticket)
        refuse_unreached(session, Person, person_id, "person_id", theirs)
        data = data | {"person_id": person_id}
    return companies.named(session, data, partner_id)


def complete(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """The fields of a new ticket, what is missing of its person filled in from the copy; on a partner's, of those who
    are the partner's. Where a ticket is of another company than the person's, the person does not name it."""
    data = named(session, data, data.get("partner_id"))
    person = session.get(Person, data["person_id"]) if data.get("person_id") else None
    if person is None or not person.shown_to(data.get("partner_id")):
        return data
    copied = _COPIES if data.get("company_id") in (None, person.company_id) else _OF_PERSON
    return data | {field: getattr(person, name) for field, name in copied.items() if not data.get(field)}


def take_contacts(session: Session, event: Event) -> None:
    """Keep what contact.created and the like tell of a person, or of a hundred, in the copies and on the tickets of
    these people.

    An older event, and any event after the erasure, changes nothing.
    """
    now = clock.now()
    new = {"erased": False, "version": 1, "created_at": now, "updated_at": now}
    told = {one.id: person_told(one) | {"heard": one.sequence} | new for one in told_of(event, "people", "person_id")}
    if told:
        send(session, _PUT, rows_given(list(told.values())))
        named = ask(session, _ON_TICKETS, ids_given(told))
        _rename(session, [with_ids(told[id_]) for id_, heard in named if told[id_]["heard"] == heard])


def _put() -> Any:
    """INSERT of copies, or UPDATE of those that are no newer."""
    table = typed(Table, Person.__table__)
    put = insert_rows(table, table.c.keys())
    kept = ("name", "email", "phone", "company_id", "company_name", "owner_id", "team_id", "partner_id", "heard",
            "updated_at")  # fmt: skip
    newer = (table.c.heard <= put.excluded.heard) & ~table.c.erased
    changes = {name: put.excluded[name] for name in kept} | {"version": table.c.version + 1}
    return put.on_conflict_do_update(index_elements=["id"], set_=changes, where=newer)


# Built once: there are many of these. Few people of an import have tickets.
_PUT = _put()
_ON_TICKETS = select(cast(Person.id, Text), Person.heard).where(
    one_of_given(Person.id), ~Person.erased, exists().where(Ticket.person_id == Person.id)
)


def show(session: Session, person_id: UUID) -> None:
    """Tickets that were another's until now show this person, as far as they are known."""
    person = session.get(Person, person_id)
    if person is not None and not person.erased:
        _rename(session, [{name: getattr(person, name) for name in _SHOWN}])


def _rename(session: Session, people: Sequence[dict[str, Any]]) -> None:
    told = {person["id"]: person for person in people}
    for ticket in _tickets_of(session, *told):
        person = told[ticket.person_id]
        if not shown(person["partner_id"], ticket.partner_id):
            continue
        ticket.requester_name = person["name"] or ticket.requester_name
        if ticket.company_id in (None, person["company_id"]):
            ticket.company_name = person["company_name"] or ticket.company_name


def _tickets_of(session: Session, *person_ids: UUID) -> list[Ticket]:
    if not person_ids:
        return []
    theirs = select(Ticket).where(one_of(Ticket.person_id, person_ids))
    mine = theirs.order_by(Ticket.id).with_for_update(of=Ticket)
    return list(session.scalars(mine.execution_options(populate_existing=True)))


def erased(session: Session, event: Event) -> None:
    """The person was erased in contacts: no later event brings them back. (What named them is gone, by
    `service_desk.holdings`.)"""
    for person_id in people_of(event):
        copy_of(session, Person, person_id).erased = True
