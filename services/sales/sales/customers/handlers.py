"""Show people and companies as contacts calls them, wherever sales shows them, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.copies import shown, take_grant, with_ids
from chassis.db.bulk import one_of
from chassis.events import Event, told_of
from chassis.privacy import people_of
from sales.customer_pools import knowing
from sales.customers import actions
from sales.customers.model import Collaborator, Company, Person
from sales.deals.model import Deal
from sales.leads.actions import close_forgotten
from sales.leads.model import Lead

Record = TypeVar("Record", Lead, Deal)
_SHOWN = ("name", "email", "phone", "company_name")


def take_contacts(session: Session, event: Event) -> None:
    """Copy the person, or the hundred, that an event tells of, and change the copies that leads and deals hold, and
    whose they are. An older event than the last changes nothing."""
    taken = actions.take_people(session, told_of(event, "people", "person_id"))
    _show_all(session, {UUID(row["id"]): with_ids(row) for row in taken.changed})
    knowing.take_people(session, [*taken.new, *taken.changed], event.time)


def take_companies(session: Session, event: Event) -> None:
    """Copy the company, or the hundred, that an event tells of, and change the names that deals show, and whose they
    are."""
    taken = actions.take_companies(session, told_of(event, "companies", "company_id"))
    _show_companies(session, {UUID(row["id"]): with_ids(row) for row in taken.changed})
    knowing.take_companies(session, [*taken.new, *taken.changed], event.time)


def take_shared(session: Session, event: Event) -> None:
    """Keep with whom contacts shares a person or a company, as `collaborator.granted` and `.revoked` tell."""
    current = {
        "person_id": partial(actions.current_id, session),
        "company_id": partial(actions.current_company_id, session),
    }
    take_grant(session, Collaborator, event, current)


def show_person(session: Session, person_id: UUID) -> None:
    """What was another's until now shows this person, as far as they are known."""
    person = session.get(Person, person_id)
    if person is not None and person.known_sequence and not person.erased:
        _show_all(session, {person.id: {name: getattr(person, name) for name in (*_SHOWN, "company_id", "partner_id")}})


def show_company(session: Session, company_id: UUID, name: str) -> None:
    """Deals of this company show its name."""
    company = session.get(Company, company_id)
    _show_companies(session, {company_id: {"name": name, "partner_id": company.partner_id if company else None}})


def erase_contact(session: Session, event: Event) -> None:
    """The person was erased in contacts: an open lead of theirs is closed, and what others tell later is not taken any
    more. What names them goes by `sales.holdings`."""
    for person_id in people_of(event):
        actions.forget(session, person_id)
        knowing.gone(session, person_id, "deleted")
        for lead in _of(session, Lead, person_id):
            close_forgotten(session, lead)


def _of(session: Session, model: type[Record], *person_ids: UUID) -> Sequence[Record]:
    if not person_ids:
        return ()
    mine = select(model).where(one_of(model.person_id, person_ids)).order_by(model.id)
    return session.scalars(mine.with_for_update(key_share=True)).all()


def _show_all(session: Session, people: Mapping[Any, dict[str, Any]]) -> None:
    """Records of partners keep what they were told, but for what is told of the partner's own."""
    for lead in _of(session, Lead, *people):
        if shown(people[lead.person_id]["partner_id"], lead.partner_id):
            _show(lead, people[lead.person_id])
    for deal in _of(session, Deal, *people):
        if shown(people[deal.person_id]["partner_id"], deal.partner_id):
            deal.contact_name = people[deal.person_id]["name"]


def _show_companies(session: Session, companies: Mapping[Any, dict[str, Any]]) -> None:
    if not companies:
        return
    theirs = select(Deal).where(one_of(Deal.company_id, companies)).order_by(Deal.id).with_for_update(key_share=True)
    for deal in session.scalars(theirs):
        if shown(companies[deal.company_id]["partner_id"], deal.partner_id):
            deal.company_name = companies[deal.company_id]["name"]


def _show(lead: Lead, told: dict[str, Any]) -> None:
    for name in _SHOWN:
        setattr(lead, name, told[name])
    lead.company_id = lead.company_id or told["company_id"]
