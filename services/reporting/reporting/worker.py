"""The event door: everything that reporting hears (which is everything) and the one clock it keeps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.bus import Worker, every, hears
from chassis.events import Event
from chassis.privacy import erase, export
from reporting.base import SERVICE
from reporting.holdings import HOLDINGS
from reporting.log import intake
from reporting.projections import projector


class ReportingWorker(Worker):
    """Events are put down by any number of workers; one of them at a time gives them their places and folds them."""

    service = SERVICE
    name = "reporting"
    batch = 100  # putting down is one statement however many they are

    @hears("gateway", "#")
    @hears("contacts", "#")
    @hears("sales", "#")
    @hears("service-desk", "#")
    @hears("marketing", "#")
    @hears("reporting", "#")
    def put_down(self, event: Event, session: Session) -> None:
        """Into the log, whatever it is."""
        intake.record(session, event)

    @hears("contacts", "contact.erased", "contact.deleted", "people.deleted", alone=True)
    def person_forgotten(self, event: Event, session: Session) -> None:
        """A person is to be forgotten, in the log, too. Who was deleted in contacts is not to live on here either."""
        erase(session, event, HOLDINGS, tell="privacy.erasure_confirmed")

    @hears("contacts", "privacy.export_requested")
    def data_asked_for(self, event: Event, session: Session) -> None:
        """A person wants to know what is held of them."""
        export(session, event, HOLDINGS, tell="privacy.export_part")

    @every(seconds=0.25)
    def project(self, now: datetime, session: Session) -> None:  # noqa: ARG002 - what happened when, the events say
        """Give what arrived its place in the log and fold it into the live figures."""
        projector.advance(session)
