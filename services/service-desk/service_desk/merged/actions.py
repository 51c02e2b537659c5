"""Two people, or two companies, of contacts became one, or were parted again: what names them here follows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.db.aliases import Following
from chassis.events import Event
from service_desk.collaborators.model import Collaborator
from service_desk.companies import actions as companies
from service_desk.entitlements.model import Entitlement
from service_desk.heard import needed
from service_desk.merged.model import MergedCompany, MergedPerson
from service_desk.people import actions as people
from service_desk.people.model import Person
from service_desk.surveys.model import Survey
from service_desk.tickets.model import Ticket

PEOPLE = Following(MergedPerson, (Ticket.person_id, Entitlement.person_id, Survey.person_id, Collaborator.person_id))

COMPANIES = Following(
    MergedCompany, (Ticket.company_id, Entitlement.company_id, Person.company_id, Collaborator.company_id)
)


def current(session: Session, person_id: UUID) -> UUID:
    """Whom this id stands for."""
    return PEOPLE.current(session, person_id)


def people_merged(session: Session, event: Event) -> None:
    """What names the loser names the survivor from now on. Known before any of it was, it holds for what comes."""
    PEOPLE.heard_merged(session, event)
    people.show(session, current(session, event.uuid("survivor_id")))


def people_parted(session: Session, event: Event) -> None:
    """What had followed the loser goes back; what was added since stays with the survivor."""
    PEOPLE.heard_unmerged(session, event)


def companies_merged(session: Session, event: Event) -> None:
    """What names the one company names the other from now on, and shows its name."""
    COMPANIES.heard_merged(session, event)
    companies.take_merged(session, COMPANIES.current(session, event.uuid("survivor_id")), needed(event, "name"))


def companies_parted(session: Session, event: Event) -> None:
    """What had followed goes back, and shows the old name, as far as it is known."""
    COMPANIES.heard_unmerged(session, event)
    companies.show(session, [event.uuid("loser_id")])
