"""The event door: all that the service desk hears, and every clock it keeps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.bus import Worker, every, hears
from chassis.events import Event
from chassis.privacy import erase, export
from service_desk.agents import actions as agents
from service_desk.base import SERVICE
from service_desk.collaborators import actions as collaborators
from service_desk.companies import actions as companies
from service_desk.handovers.actions import HAND_OVERS
from service_desk.holdings import HOLDINGS
from service_desk.merged import actions as merged
from service_desk.onboarding import actions as onboarding
from service_desk.people import actions as people
from service_desk.sla.sweep import sweep
from service_desk.tickets import actions as tickets


class ServiceDeskWorker(Worker):
    """Any number of replicas may run: handlers are idempotent, and the timers lock what they touch."""

    service = SERVICE
    name = "service-desk"

    @hears("sales", "deal.won")
    def deal_won(self, event: Event, session: Session) -> None:
        """A customer is to be welcomed."""
        onboarding.welcome(session, event)

    @hears("contacts", "contact.created", "contact.updated", "people.imported", "people.changed", "people.told")
    def people_known(self, event: Event, session: Session) -> None:
        """The name or company of a person, or of a hundred, may be another now."""
        people.take_contacts(session, event)

    @hears(
        "contacts", "company.created", "company.updated", "companies.imported", "companies.changed", "companies.told"
    )
    def companies_known(self, event: Event, session: Session) -> None:
        """The name of a company, or of a hundred, may be another now."""
        companies.take(session, event)

    @hears("contacts", "company.deleted", "companies.deleted")
    def company_deleted(self, event: Event, session: Session) -> None:
        """A company is not there any more."""
        companies.take_deleted(session, event)

    @hears("contacts", "collaborator.granted", "collaborator.revoked")
    def customer_shared(self, event: Event, session: Session) -> None:
        """A colleague works with a customer that is somebody else's, or no more: who may name the customer."""
        collaborators.take(session, event)

    @hears("contacts", "contact.erased", "contact.deleted", "people.deleted", alone=True)
    def contact_erased(self, event: Event, session: Session) -> None:
        """A person is to be forgotten."""
        erase(session, event, HOLDINGS, tell="privacy.erasure_confirmed")
        people.erased(session, event)

    @hears("contacts", "privacy.export_requested")
    def data_asked_for(self, event: Event, session: Session) -> None:
        """A person wants to know what is held of them."""
        export(session, event, HOLDINGS, tell="privacy.export_part")

    @hears("contacts", "contact.merged")
    def people_merged(self, event: Event, session: Session) -> None:
        """Two people are one."""
        merged.people_merged(session, event)

    @hears("contacts", "contact.unmerged")
    def people_parted(self, event: Event, session: Session) -> None:
        """They were two after all."""
        merged.people_parted(session, event)

    @hears("contacts", "company.merged")
    def companies_merged(self, event: Event, session: Session) -> None:
        """Two companies are one."""
        merged.companies_merged(session, event)

    @hears("contacts", "company.unmerged")
    def companies_parted(self, event: Event, session: Session) -> None:
        """They were two after all."""
        merged.companies_parted(session, event)

    @hears("gateway", "user.created", "user.updated", "user.deactivated")
    def user_known(self, event: Event, session: Session) -> None:
        """Somebody can take tickets, or no longer."""
        agents.take_user(session, event)

    @hears("contacts", "handover.requested")
    def hand_over_requested(self, event: Event, session: Session) -> None:
        """All that is a colleague's passes to others."""
        HAND_OVERS.take(session, event, tell="handover.moved")

    @every(seconds=2)
    def move_handed_over(self, now: datetime, session: Session) -> None:  # noqa: ARG002 - the clock's signature
        """The next tickets of those that pass to others."""
        HAND_OVERS.move(session, tell="handover.moved")

    @every(seconds=5)
    def watch_service_levels(self, now: datetime, session: Session) -> None:
        """Warn of and tell broken promises."""
        sweep(session, now)

    @every(seconds=60)
    def close_what_stays_resolved(self, now: datetime, session: Session) -> None:
        """Close tickets of which nothing more was heard."""
        tickets.close_resolved(session, now)
