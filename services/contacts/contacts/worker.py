"""The event door of contacts: all that it hears."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.bus import Worker, hears
from chassis.events import Event
from chassis.privacy import export
from contacts.base import SERVICE
from contacts.clocks import ContactsClocks
from contacts.companies import handlers as companies
from contacts.grades import actions as grades
from contacts.handovers import actions as handovers
from contacts.holdings import HOLDINGS
from contacts.identity import actions as identity
from contacts.people import handlers as people
from contacts.pools import handlers as pools
from contacts.privacy import saga as privacy
from contacts.staff import actions as staff
from contacts.tasks import followups
from contacts.timeline import handlers as timeline


class ContactsWorker(ContactsClocks, Worker):
    """The worker of contacts."""

    service = SERVICE
    name = "contacts"

    @hears("marketing", "form.submitted")
    def form_submitted(self, event: Event, session: Session) -> None:
        """A web form: who is it?"""
        identity.identify(session, event)

    @hears("gateway", "user.created", "user.updated", "user.deactivated")
    def user_changed(self, event: Event, session: Session) -> None:
        """Who works here."""
        staff.keep(session, event)

    @hears("sales", "lead.created", "lead.assigned", "lead.converted", "lead.lost", "lead.dormant", "lead.reclaimed")
    def lead_moved(self, event: Event, session: Session) -> None:
        """A lead: who it is if sales met them first, stage, owner, timeline."""
        if event.type == "lead.created" and not identity.introduce(session, event):
            return
        if event.type == "lead.converted":
            companies.introduce(session, event)
        timeline.fold(session, event)
        people.advance(session, event)
        if event.type == "lead.assigned":
            people.take_owner(session, event)

    @hears("sales", "leads.assigned")
    def leads_moved(self, event: Event, session: Session) -> None:
        """The same of a hundred leads that got owners at once."""
        assigned = event.each("leads", "lead_id", "lead.assigned")
        timeline.fold(session, *assigned)
        people.take_owners(session, assigned)

    @hears("sales", "leads.dormant", "leads.reclaimed")
    def leads_rest(self, event: Event, session: Session) -> None:
        """The same of a hundred that fell asleep, or went into public pools, at once: timeline."""
        timeline.fold(session, *event.each("leads", "lead_id", event.type.replace("leads.", "lead.")))

    @hears("sales", "registration.submitted", "registration.approved")
    def partner_registered(self, event: Event, session: Session) -> None:
        """A partner tells of a customer: who it is, and which company, if sales met them first."""
        if identity.introduce(session, event):
            companies.introduce(session, event)

    @hears("sales", "deal.created", "deal.stage_changed", "deal.won", "deal.lost")
    def deal_moved(self, event: Event, session: Session) -> None:
        """A deal: stage and timeline."""
        timeline.fold(session, event)
        people.advance(session, event)

    @hears("sales", "order.placed")
    def order_placed(self, event: Event, session: Session) -> None:
        """An order: stage, grade, timeline."""
        timeline.fold(session, event)
        grades.remember(session, event)
        people.advance(session, event)

    @hears("sales", "order.cancelled")
    def order_cancelled(self, event: Event, session: Session) -> None:
        """An order that counts no more: grade, timeline."""
        timeline.fold(session, event)
        grades.take_back(session, event)

    @hears("sales", "credit_note.issued")
    def order_credited(self, event: Event, session: Session) -> None:
        """Less is owed for an order: grade."""
        grades.lessen(session, event)

    @hears("sales", "followup.planned")
    def followup_planned(self, event: Event, session: Session) -> None:
        """Sales planned a follow-up: make the task."""
        followups.take_followup(session, event)

    @hears("sales", "followup.cancelled")
    def followup_cancelled(self, event: Event, session: Session) -> None:
        """A follow-up is not needed any more."""
        followups.drop_followup(session, event)

    @hears("sales", "approval.requested")
    def approval_requested(self, event: Event, session: Session) -> None:
        """Somebody is asked for their yes: make the task."""
        followups.take_approval(session, event)

    @hears("sales", "approval.settled")
    def approval_settled(self, event: Event, session: Session) -> None:
        """They decided, or need not any more."""
        followups.drop_followup(session, event)

    @hears("sales", "followups.planned")
    def followups_planned(self, event: Event, session: Session) -> None:
        """A hundred tasks at once."""
        followups.take_followups(session, event.each("followups", "task_id"))

    @hears("sales", "followups.cancelled")
    def followups_cancelled(self, event: Event, session: Session) -> None:
        """A hundred follow-ups that are not needed any more."""
        followups.drop_followups(session, event.each("followups", "task_id"))

    @hears("sales", "customer.reclaim_due")
    def customer_goes_back(self, event: Event, session: Session) -> None:
        """A customer goes back to a public pool soon: make the task."""
        followups.take_warning(session, event)

    @hears("sales", "customer.kept")
    def customer_kept(self, event: Event, session: Session) -> None:
        """It does not."""
        followups.drop_warning(session, event)

    @hears("sales", "customer.reclaimed")
    def customer_reclaimed(self, event: Event, session: Session) -> None:
        """A customer lies in a public pool: take it off its owner, and answer."""
        pools.take_off(session, event)

    @hears("sales", "customers.reclaim_due")
    def customers_go_back(self, event: Event, session: Session) -> None:
        """A hundred customers at once."""
        followups.take_warnings(session, event.each("customers", "customer_id"))

    @hears("sales", "customers.kept")
    def customers_kept(self, event: Event, session: Session) -> None:
        """A hundred that do not go back."""
        followups.drop_warnings(session, event.each("customers", "customer_id"))

    @hears("sales", "customers.reclaimed")
    def customers_reclaimed(self, event: Event, session: Session) -> None:
        """A hundred that lie in public pools."""
        pools.take_off_many(session, event.each("customers", "customer_id", "customer.reclaimed"))

    @hears("sales", "customer.claimed")
    def customer_claimed(self, event: Event, session: Session) -> None:
        """Somebody claimed a customer: make them its owner, and answer."""
        pools.give(session, event)

    @hears("service-desk", "ticket.created", "ticket.escalated", "ticket.resolved", "ticket.reopened", "ticket.closed")
    def ticket_moved(self, event: Event, session: Session) -> None:
        """A ticket: timeline."""
        timeline.fold(session, event)

    @hears("service-desk", "survey.answered")
    def survey_answered(self, event: Event, session: Session) -> None:
        """A survey: timeline, and a promoter becomes a reference."""
        timeline.fold(session, event)
        people.promote(session, event)

    @hears("sales", "privacy.erasure_confirmed")
    @hears("service-desk", "privacy.erasure_confirmed")
    @hears("marketing", "privacy.erasure_confirmed")
    @hears("reporting", "privacy.erasure_confirmed")
    def erasure_confirmed(self, event: Event, session: Session) -> None:
        """A service has erased what it held of a person."""
        privacy.hear_erased(session, event)

    @hears("contacts", "privacy.export_requested")
    def data_asked_for(self, event: Event, session: Session) -> None:
        """A person wants to know what is held of them: contacts answers like the others."""
        export(session, event, HOLDINGS, tell="privacy.export_part")

    @hears("contacts", "privacy.export_part")
    @hears("sales", "privacy.export_part")
    @hears("service-desk", "privacy.export_part")
    @hears("marketing", "privacy.export_part")
    @hears("reporting", "privacy.export_part")
    def export_answered(self, event: Event, session: Session) -> None:
        """A service hands out what it holds of a person."""
        privacy.hear_part(session, event)

    @hears("sales", "handover.moved")
    @hears("service-desk", "handover.moved")
    def handed_over(self, event: Event, session: Session) -> None:
        """A service has handed over what was somebody's there."""
        handovers.confirm(session, event)
