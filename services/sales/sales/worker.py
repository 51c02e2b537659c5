"""The event door of sales: all that it hears."""

from __future__ import annotations

from sqlalchemy.orm import Session

import sales.winloss.model  # noqa: F401 - a table that deals refer to
from chassis.bus import Worker, hears
from chassis.events import Event
from chassis.privacy import erase, export
from sales.base import SERVICE
from sales.cadence import grades
from sales.clocks import SalesClocks
from sales.commissions import handlers as commissions
from sales.customer_pools import knowing, settling
from sales.customers import handlers as customers
from sales.deals import handlers as deals
from sales.handovers.actions import HAND_OVERS
from sales.holdings import HOLDINGS
from sales.leads import handlers as leads
from sales.merged import actions as merged
from sales.registrations import handlers as registrations
from sales.reps import actions as reps


class SalesWorker(SalesClocks, Worker):
    """Handlers run in one transaction each, which de-duplicates the event."""

    service = SERVICE
    name = "sales"

    @hears("gateway", "user.created", "user.updated", "user.deactivated")
    def user_known(self, event: Event, session: Session) -> None:
        """Keep the copy of users that leads are handed to."""
        reps.take_user(session, event)

    @hears("contacts", "contact.created", "contact.updated", "people.imported", "people.changed", "people.told")
    def people_known(self, event: Event, session: Session) -> None:
        """Keep the copy of people, one or a hundred at once, and the names that leads and deals show."""
        customers.take_contacts(session, event)

    @hears("contacts", "contact.erased", "contact.deleted", "people.deleted", alone=True)
    def contact_erased(self, event: Event, session: Session) -> None:
        """A person is to be forgotten."""
        erase(session, event, HOLDINGS, tell="privacy.erasure_confirmed")
        customers.erase_contact(session, event)

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

    @hears(
        "contacts", "company.created", "company.updated", "companies.imported", "companies.changed", "companies.told"
    )
    def companies_known(self, event: Event, session: Session) -> None:
        """Keep the copy of companies, one or a hundred at once, and the names that deals show."""
        customers.take_companies(session, event)

    @hears("contacts", "collaborator.granted", "collaborator.revoked")
    def customer_shared(self, event: Event, session: Session) -> None:
        """A colleague works with a customer that is somebody else's, or no more: who may name the customer."""
        customers.take_shared(session, event)

    @hears("contacts", "company.deleted", "companies.deleted")
    def company_deleted(self, event: Event, session: Session) -> None:
        """A company is nobody's customer any more."""
        knowing.companies_gone(session, event)

    @hears("contacts", "ownership.accepted")
    def owner_accepted(self, event: Event, session: Session) -> None:
        """Contacts has made the owner of a customer that the pools decided on."""
        settling.accepted(session, event)

    @hears("contacts", "ownership.refused")
    def owner_refused(self, event: Event, session: Session) -> None:
        """Contacts has not, and why: undo it."""
        settling.refused(session, event)

    @hears("contacts", "contact.identified")
    def contact_identified(self, event: Event, session: Session) -> None:
        """A web form brought somebody in: make or touch a lead."""
        leads.take_identified(session, event)

    @hears("contacts", "contact.graded")
    def contact_graded(self, event: Event, session: Session) -> None:
        """A person's grade decides the cadence of their lead."""
        grades.take_graded(session, event)

    @hears("contacts", "interaction.logged")
    def interaction_logged(self, event: Event, session: Session) -> None:
        """Somebody talked to a lead, about a deal, to a customer: move its cadence on; none of them is silent."""
        knowing.take_interaction(session, event)
        deals.take_interaction(session, event)
        leads.take_interaction(session, event)

    @hears("contacts", "task.completed")
    def follow_up_ticked_off(self, event: Event, session: Session) -> None:
        """The task of a follow-up was completed: that step is done."""
        leads.take_ticked(session, event)

    @hears("contacts", "handover.requested")
    def hand_over_requested(self, event: Event, session: Session) -> None:
        """All that is a colleague's passes to others."""
        HAND_OVERS.take(session, event, tell="handover.moved")

    @hears(
        "sales", "deal.won", "deal.stage_changed", "deal.updated", "order.placed", "order.paid", "order.cancelled",
        "credit_note.issued",
    )  # fmt: skip
    def earned(self, event: Event, session: Session) -> None:
        """Book what reps earn by a deal, or do not any more."""
        commissions.follow(session, event)

    @hears("sales", "deals.changed")
    def deals_changed(self, event: Event, session: Session) -> None:
        """The same of a hundred deals at once."""
        commissions.follow(session, *event.each("deals", "deal_id"))

    @hears("sales", "deal.created", "deal.won", "deal.lost")
    def customer_has_deal(self, event: Event, session: Session) -> None:
        """A customer has a deal, or had: its owner keeps it for longer."""
        knowing.take_deal(session, event)

    @hears("sales", "deal.won", "deal.lost")
    def registered_deal_closed(self, event: Event, session: Session) -> None:
        """The registration of a deal that is closed is over."""
        registrations.deal_closed(session, event)

    @hears("sales", "deal.stage_changed")
    def registered_deal_reopened(self, event: Event, session: Session) -> None:
        """The registration of a deal that is open again protects the customer again."""
        registrations.deal_reopened(session, event)
