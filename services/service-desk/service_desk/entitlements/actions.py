"""Who is entitled to service."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service_desk.entitlements.model import Entitlement


def cover_for(session: Session, person_id: UUID | None, company_id: UUID | None, day: date) -> UUID | None:
    """The entitlement that covers the person or their company on `day`: the one that lasts longest; None without."""
    holders = []
    if person_id:
        holders.append(Entitlement.person_id == person_id)
    if company_id:
        holders.append(Entitlement.company_id == company_id)
    if not holders:
        return None
    valid = (or_(*holders), Entitlement.starts_on <= day, Entitlement.ends_on >= day)
    return session.scalars(select(Entitlement.id).where(*valid).order_by(Entitlement.ends_on.desc()).limit(1)).first()
