"""Use cases around partner companies."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.events import emit
from gateway.partners.model import Partner


def create_partner(session: Session, data: dict[str, Any]) -> Partner:
    """A partner company; the services learn of it by `partner.created`."""
    partner = Partner(**data)
    session.add(partner)
    session.flush()
    emit(session, "partner.created", partner, {"partner_id": str(partner.id), "name": partner.name})
    return partner
