"""Who is entitled to service."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service_desk.entitlements.model import Entitlement
from service_desk.tickets.model import Ticket


def cover_for(session: Session, ticket: Ticket, day: date) -> UUID | None:
    """The entitlement that covers the person of a ticket or their company on `day`: the one that lasts longest; None
    without. A partner's ticket is covered by what the partner sold: of what others did the partner learns nothing."""
    holders = []
    if ticket.person_id:
        holders.append(Entitlement.person_id == ticket.person_id)
    if ticket.company_id:
        holders.append(Entitlement.company_id == ticket.company_id)
    if not holders:
        return None
    valid = [or_(*holders), Entitlement.starts_on <= day, Entitlement.ends_on >= day]
    if ticket.partner_id:
        valid.append(Entitlement.partner_id == ticket.partner_id)
    return session.scalars(select(Entitlement.id).where(*valid).order_by(Entitlement.ends_on.desc()).limit(1)).first()
