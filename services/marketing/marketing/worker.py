"""All that marketing hears, and the clocks it keeps."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.bus import Worker, every, hears
from chassis.events import Event
from chassis.privacy import erase, export
from marketing.base import SERVICE
from marketing.campaigns import costs
from marketing.campaigns import handlers as campaigns
from marketing.consent import handlers as consent
from marketing.holdings import HOLDINGS
from marketing.merged import actions as merged
from marketing.submissions import actions
from marketing.submissions import handlers as submissions


class MarketingWorker(Worker):
    """The event door of marketing."""

    service = SERVICE
    name = "marketing"

    @hears("contacts", "contact.identified")
    def person_identified(self, event: Event, session: Session) -> None:
        """Who posted a form, and that the person responded to its campaign."""
        submissions.person_identified(session, event)

    @hears("contacts", "consent.granted")
    def consent_granted(self, event: Event, session: Session) -> None:
        """A person agreed to a purpose."""
        consent.consent_granted(session, event)

    @hears("contacts", "consent.withdrawn")
    def consent_withdrawn(self, event: Event, session: Session) -> None:
        """A person withdrew."""
        consent.consent_withdrawn(session, event)

    @hears("contacts", "contact.updated")
    def person_changed(self, event: Event, session: Session) -> None:
        """A person may have the use of their data restricted."""
        consent.person_changed(session, event)

    @hears("contacts", "contact.erased", "contact.deleted", "people.deleted", alone=True)
    def person_forgotten(self, event: Event, session: Session) -> None:
        """A person is to be forgotten."""
        erase(session, event, HOLDINGS, tell="privacy.erasure_confirmed")

    @hears("contacts", "privacy.export_requested")
    def data_asked_for(self, event: Event, session: Session) -> None:
        """A person wants to know what is held of them."""
        export(session, event, HOLDINGS, tell="privacy.export_part")

    @hears("contacts", "contact.merged")
    def people_merged(self, event: Event, session: Session) -> None:
        """Two people are one."""
        consent.people_merged(session, event)
        merged.people_merged(session, event)

    @hears("contacts", "contact.unmerged")
    def people_parted(self, event: Event, session: Session) -> None:
        """They were two after all."""
        merged.people_parted(session, event)

    @hears("sales", "lead.created")
    def lead_created(self, event: Event, session: Session) -> None:
        """A lead that a campaign brought."""
        campaigns.lead_created(session, event)

    @hears("sales", "deal.won", "deal.credited", "deal.stage_changed")
    def deal_told(self, event: Event, session: Session) -> None:
        """Revenue that a campaign brought, or that was not to stay: credited, or of a deal that is open again."""
        campaigns.deal_told(session, event)

    @hears("sales", "expense.approved", "expense.withdrawn")
    def report_decided(self, event: Event, session: Session) -> None:
        """Money that was spent on campaigns."""
        costs.report_decided(session, event)

    @every(seconds=3600)
    def forget_salts(self, now: datetime, session: Session) -> None:
        """Make the hashes of yesterday's addresses meaningless."""
        actions.forget_salts(session, now.date())
