"""A deal was won: the customer is entitled to service, and somebody has to get them started."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import Event
from service_desk.entitlements.model import Entitlement
from service_desk.heard import needed
from service_desk.merged import actions as merged
from service_desk.settings import settings
from service_desk.tickets import actions as tickets


def welcome(session: Session, event: Event) -> None:
    """On deal.won: an entitlement from today and an onboarding ticket, once per deal however often it is told."""
    deal_id = event.uuid("deal_id")
    known = session.scalar(select(Entitlement.id).where(Entitlement.deal_id == deal_id))
    if known is not None:
        return
    entitlement = _entitlement(event, deal_id)
    if entitlement.person_id:
        entitlement.person_id = merged.current(session, entitlement.person_id)
    try:
        with session.begin_nested():
            session.add(entitlement)
    except IntegrityError:  # another replica was told at the same moment
        return
    tickets.open_ticket(session, _ticket(event, entitlement))


def _entitlement(event: Event, deal_id: UUID) -> Entitlement:
    today = clock.now().date()
    return Entitlement(
        name=needed(event, "name"),
        product=event.data.get("product"),
        person_id=event.optional_uuid("person_id"),
        company_id=event.optional_uuid("company_id"),
        deal_id=deal_id,
        partner_id=event.optional_uuid("partner_id"),
        holder_name=event.personal.get("contact_name"),
        starts_on=today,
        ends_on=today + timedelta(days=settings().entitlement_days),
    )


def _ticket(event: Event, entitlement: Entitlement) -> dict[str, object]:
    return {
        "subject": f"Onboarding: {entitlement.name}",
        "kind": "onboarding",
        "priority": "normal",
        "channel": "event",
        "product": entitlement.product,
        "person_id": entitlement.person_id,
        "company_id": entitlement.company_id,
        "deal_id": entitlement.deal_id,
        "partner_id": entitlement.partner_id,
        "requester_name": event.personal.get("contact_name"),
        "entitlement_id": entitlement.id,
        "origin": f"deal.won:{entitlement.deal_id}",
    }
