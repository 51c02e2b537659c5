"""Show people and companies as contacts calls them, wherever sales shows them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.events import Event
from sales.customers import actions
from sales.customers.model import Person
from sales.deals.model import Deal
from sales.leads.model import Lead


def take_contact(session: Session, event: Event) -> None:
    """Copy a person, and change the copies that leads and deals hold. An older event than the last changes
    nothing."""
    person = actions.take_person(session, event)
    if person is not None:
        _show_on_leads(session, person)
        for deal in session.scalars(select(Deal).where(Deal.person_id == person.id).with_for_update()):
            deal.contact_name = person.name


def take_company(session: Session, event: Event) -> None:
    """Copy a company, and change the name that deals show."""
    company = actions.take_company(session, event)
    if company is not None:
        for deal in session.scalars(select(Deal).where(Deal.company_id == company.id).with_for_update()):
            deal.company_name = company.name


def _show_on_leads(session: Session, person: Person) -> None:
    for lead in session.scalars(select(Lead).where(Lead.person_id == person.id).with_for_update()):
        for name in ("name", "email", "phone", "company_name"):
            setattr(lead, name, getattr(person, name))
        lead.company_id = lead.company_id or person.company_id
