"""Two people, or two companies, of contacts became one, or were parted again: what names them here follows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.db.aliases import Following
from chassis.events import Event
from sales.agreements.model import Agreement
from sales.customer_pools.knowing import gone
from sales.customers import handlers as customers
from sales.customers.model import Collaborator, Person
from sales.deals.model import Deal
from sales.leads.joining import keep_one_open, take_up
from sales.leads.model import Lead
from sales.locks import hold
from sales.merged.model import MergedCompany, MergedPerson
from sales.orders.model import Order
from sales.quotes.model import Quote
from sales.registrations.model import Registration
from sales.stakeholders.model import Stakeholder

PEOPLE = Following(
    MergedPerson,
    (
        Lead.person_id, Deal.person_id, Quote.person_id, Agreement.person_id, Order.person_id, Stakeholder.person_id,
        Registration.person_id, Collaborator.person_id,
    ),
)  # fmt: skip

COMPANIES = Following(
    MergedCompany,
    (
        Lead.company_id, Deal.company_id, Quote.company_id, Agreement.company_id, Order.company_id, Person.company_id,
        Registration.company_id, Collaborator.company_id,
    ),
)  # fmt: skip


_CLOSED = "closed leads"  # beside what followed


def current(session: Session, person_id: UUID) -> UUID:
    """Whom this id stands for."""
    return PEOPLE.current(session, person_id)


def people_merged(session: Session, event: Event) -> None:
    """What names the loser names the survivor from now on. Known before any of it was, it holds for what comes. Told
    late, when they are two again, it changes nothing."""
    old, new = event.uuid("loser_id"), event.uuid("survivor_id")
    hold(session, f"person:{old}", f"person:{new}")
    if PEOPLE.is_late(session, event):
        return
    closed = keep_one_open(session, old, current(session, new))
    PEOPLE.heard_merged(session, event)
    alias = session.get_one(MergedPerson, old)
    alias.moved = alias.moved | {_CLOSED: [str(lead.id) for lead in closed]}
    gone(session, old, "merged")
    customers.show_person(session, current(session, new))


def people_parted(session: Session, event: Event) -> None:
    """What had followed the loser goes back, and a lead that was closed for the survivor's is taken up again; what was
    added since stays with the survivor."""
    old, new = event.uuid("loser_id"), event.uuid("survivor_id")
    hold(session, f"person:{old}", f"person:{new}")
    alias = session.get(MergedPerson, old)
    closed = alias.moved.get(_CLOSED, []) if alias and not PEOPLE.is_late(session, event) else []
    PEOPLE.heard_unmerged(session, event)
    take_up(session, old, [UUID(id_) for id_ in closed])


def companies_merged(session: Session, event: Event) -> None:
    """What names the one company names the other from now on, and shows its name; told late likewise nothing."""
    if COMPANIES.is_late(session, event):
        return
    COMPANIES.heard_merged(session, event)
    gone(session, event.uuid("loser_id"), "merged")
    customers.show_company(session, COMPANIES.current(session, event.uuid("survivor_id")), event.data["name"])


def companies_parted(session: Session, event: Event) -> None:
    """What had followed goes back; company.updated tells the name that it shows then."""
    COMPANIES.heard_unmerged(session, event)
