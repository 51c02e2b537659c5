"""The event door of sales: all that it hears, and every clock it keeps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

import sales.winloss.model  # noqa: F401 - a table that deals refer to
from chassis.bus import Worker, every, hears
from chassis.events import Event
from chassis.privacy import erase, export
from sales.agreements import actions as agreements
from sales.approvals.keeping import keep_asked
from sales.base import SERVICE
from sales.cadence import escalation, grades, silence
from sales.commissions import handlers as commissions
from sales.currencies import actions as currencies
from sales.customer_pools import knowing, settling
from sales.customer_pools import reclaiming as customer_reclaiming
from sales.customers import handlers as customers
from sales.deals import handlers as deals
from sales.deals import holding
from sales.expenses import receipts
from sales.forecasts import snapshots
from sales.handovers.actions import HAND_OVERS
from sales.holdings import HOLDINGS
from sales.leads import handlers as leads
from sales.leads import recycling
from sales.merged import actions as merged
from sales.orders import receivables
from sales.pools import reclaiming
from sales.registrations import handlers as registrations
from sales.registrations import protection
from sales.reps import actions as reps
from sales.scoring.deals import DEALS
from sales.scoring.following import catch_up
from sales.scoring.leads import LEADS
from sales.scoring.learning import score_stale, score_unscored


class SalesWorker(Worker):
    """Handlers run in one transaction each, which de-duplicates the event."""

    service = SERVICE
    name = "sales"

    @hears("gateway", "user.created", "user.updated", "user.deactivated")
    def user_known(self, event: Event, session: Session) -> None:
        """Keep the copy of users that leads are handed to."""
        reps.take_user(session, event)

    @hears("contacts", "contact.created", "contact.updated")
    def contact_known(self, event: Event, session: Session) -> None:
        """Keep the copy of people, and the names that leads and deals show."""
        customers.take_contacts(session, [event])

    @hears("contacts", "people.imported", "people.changed", "people.told")
    def people_known(self, event: Event, session: Session) -> None:
        """The same of a hundred people at once."""
        customers.take_contacts(session, event.each("people", "person_id"))

    @hears("contacts", "contact.erased", "contact.deleted", "people.deleted")
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

    @hears("contacts", "company.created", "company.updated")
    def company_known(self, event: Event, session: Session) -> None:
        """Keep the copy of companies, and the names that deals show."""
        customers.take_companies(session, [event])

    @hears("contacts", "companies.imported", "companies.changed", "companies.told")
    def companies_known(self, event: Event, session: Session) -> None:
        """The same of a hundred companies at once."""
        customers.take_companies(session, event.each("companies", "company_id"))

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

    @every(seconds=2)
    def move_handed_over(self, now: datetime, session: Session) -> None:  # noqa: ARG002 - the clock's signature
        """The next batch of what passes to others."""
        HAND_OVERS.move(session, tell="handover.moved")

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

    @every(seconds=60)
    def silence(self, now: datetime, session: Session) -> None:
        """Put leads to sleep that nothing was heard of."""
        silence.fall_asleep(session, now)

    @every(seconds=60)
    def overdue_follow_ups(self, now: datetime, session: Session) -> None:
        """Tell of follow-ups that are overdue, and give them to the managers, too."""
        escalation.escalate(session, now)

    @every(seconds=60)
    def recycling(self, now: datetime, session: Session) -> None:
        """Put leads back into the queue whose time has come."""
        recycling.recycle_due(session, now)

    @every(seconds=60)
    def idle_leads(self, now: datetime, session: Session) -> None:  # noqa: ARG002 - the clock's signature
        """Assign open leads that have no owner, or whose owner has left."""
        leads.give_to_others(session)

    @every(seconds=300)
    def pools(self, now: datetime, session: Session) -> None:
        """Take leads back into the public pools, and warn the owners of those that go back soon."""
        reclaiming.take_back(session, now)
        reclaiming.warn(session, now)

    @every(seconds=300)
    def customer_pools(self, now: datetime, session: Session) -> None:
        """The same of customers; and tell those owners who were warned of what does not come any more."""
        customer_reclaiming.keep(session)
        customer_reclaiming.take_back(session, now)
        customer_reclaiming.warn(session, now)

    @every(seconds=60)
    def protections(self, now: datetime, session: Session) -> None:
        """Warn partners whose protection is over soon, and end those that are."""
        protection.warn(session, now)
        protection.expire(session, now)

    @every(seconds=30)
    def approvals(self, _now: datetime, session: Session) -> None:
        """Ask for the yes of those who are there today, where who was asked is not."""
        keep_asked(session)

    @every(seconds=60)
    def rates(self, now: datetime, session: Session) -> None:
        """Value open deals anew whose currency has another rate by now, and closed ones that had none."""
        currencies.revalue(session, now)
        currencies.value_late(session)

    @every(seconds=60)
    def holds(self, now: datetime, session: Session) -> None:
        """Take up deals whose hold is over."""
        holding.end_holds(session, now)

    @every(seconds=60)
    def stalled_deals(self, now: datetime, session: Session) -> None:
        """Flag deals that stand still."""
        holding.flag_stalled(session, now)

    @every(seconds=1)
    def scores_follow(self, _now: datetime, session: Session) -> None:
        """Learn from what was changed, and score it."""
        catch_up(session)

    @every(seconds=60)
    def scores(self, now: datetime, session: Session) -> None:
        """Score open deals and leads anew since when time went on or others were closed."""
        for scored in (DEALS, LEADS):
            score_stale(session, scored, now)

    @every(seconds=600)
    def first_scores(self, _now: datetime, session: Session) -> None:
        """Score open deals and leads that were there before there was enough history."""
        for scored in (DEALS, LEADS):
            score_unscored(session, scored)

    @every(seconds=600)
    def forecast_snapshot(self, now: datetime, session: Session) -> None:
        """Keep what the pipeline looks like, once a day: soon after midnight, UTC."""
        snapshots.ask(session, now)

    @every(seconds=receipts.EVERY)
    def sweep_receipts(self, now: datetime, session: Session) -> None:
        """Content of receipts that are there no more."""
        receipts.sweep_unused(session, now)

    @every(seconds=3600)
    def renewals(self, now: datetime, session: Session) -> None:
        """Remind of agreements that end soon, and end those that have run out."""
        agreements.remind(session, now)

    @every(seconds=3600)
    def due(self, now: datetime, session: Session) -> None:
        """Tell of instalments whose day has come."""
        receivables.tell_due(session, now)

    @every(seconds=3600)
    def overdue(self, now: datetime, session: Session) -> None:
        """Tell of instalments that are late."""
        receivables.tell_overdue(session, now)
