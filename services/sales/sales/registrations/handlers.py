"""What registrations hear."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Conflict
from chassis.events import Event
from sales.deals.model import Deal
from sales.registrations import rules
from sales.registrations.actions import end
from sales.registrations.events import tell
from sales.registrations.matching import refuse_registered
from sales.registrations.model import Registration
from sales.registrations.programmes import terms_of


def deal_closed(session: Session, event: Event) -> None:
    """`deal.won`, `deal.lost`: the deal of a registration is closed, which ends it. What counts is how the deal stands
    now: it may have been opened again since."""
    deal = session.get(Deal, event.uuid("deal_id"), with_for_update={"read": True})
    if deal is None or deal.status == "open":
        return
    mine = select(Registration).where(Registration.deal_id == deal.id, Registration.status == "approved")
    for registration in session.scalars(mine.with_for_update(of=Registration, key_share=True)):
        end(session, registration, deal.status)
        tell(session, "registration.closed", registration)


def deal_reopened(session: Session, event: Event) -> None:
    """`deal.stage_changed`: a deal that was closed is open again: its registration protects the customer for the days
    that were left, unless somebody else has registered them meanwhile. What counts is how the deal stands now."""
    closed = select(Registration).where(
        Registration.deal_id == event.uuid("deal_id"), Registration.status.in_(("won", "lost"))
    )
    last = closed.order_by(Registration.ended_at.desc(), Registration.id.desc()).limit(1)
    if session.scalar(last) is None:
        return
    deal = session.get(Deal, event.uuid("deal_id"), with_for_update={"read": True}, populate_existing=True)
    registration = session.scalar(last.with_for_update(key_share=True).execution_options(populate_existing=True))
    if deal is not None and deal.status == "open" and registration is not None and _is_free(session, registration):
        _protect_again(session, registration)


def _is_free(session: Session, registration: Registration) -> bool:
    stands = select(Registration.id).where(
        Registration.deal_id == registration.deal_id, Registration.status == "approved"
    )
    one = registration
    customer = rules.Customer(one.company_key, tuple(one.domains), one.contact_email, one.contact_phone)
    try:
        refuse_registered(session, customer, one.id)
    except Conflict:
        return False
    return session.scalar(stands) is None


def _protect_again(session: Session, registration: Registration) -> None:
    until, ended_at = registration.protected_until, registration.ended_at
    warn_days = terms_of(session, registration.partner_id).warn_days
    found = rules.protected_again(clock.now(), until, ended_at, warn_days) if until and ended_at else None
    if found:
        registration.status, registration.ended_at = "approved", None
        registration.protected_until, registration.warn_at = found
        tell(session, "registration.reopened", registration)
