"""How long a customer is protected: renewed, warned of, over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from sales.registrations import rules
from sales.registrations.actions import end
from sales.registrations.events import tell
from sales.registrations.model import Registration
from sales.registrations.programmes import terms_of
from sales.settings import settings


def renew(session: Session, registration_id: UUID) -> Registration:
    """Protect the customer for another term from the end of this one. Conflict before the last days of it, after its
    end, and where that was done as often as the terms allow: of two who renew at once, one does."""
    registration = load(session, Registration, registration_id, lock=True)
    rules.check_status(registration.status, ("approved",))
    terms, until = terms_of(session, registration.partner_id), registration.protected_until
    assert until is not None  # ck_registrations_approved
    rules.check_renewal(until, clock.now(), terms.warn_days, registration.renewed, terms.renewals)
    registration.protected_until, registration.warn_at = rules.protection(until, terms.protection_days, terms.warn_days)
    registration.renewed += 1
    tell(session, "registration.renewed", registration)
    return registration


def warn(session: Session, now: datetime) -> int:
    """Tell of protections that are over soon, once of each end; how many. In batches."""
    due = _due(session, Registration.warn_at, now)
    for registration in due:
        registration.warn_at = None
        tell(session, "registration.expiring", registration)
    return len(due)


def expire(session: Session, now: datetime) -> int:
    """End the registrations whose protection is over; how many. In batches. Their deals stay."""
    over = _due(session, Registration.protected_until, now)
    for registration in over:
        end(session, registration, "expired")
        tell(session, "registration.expired", registration)
    return len(over)


def _due(session: Session, column: Any, now: datetime) -> Sequence[Registration]:
    due = select(Registration).where(Registration.status == "approved", column <= now).order_by(column, Registration.id)
    batch = due.limit(settings().sweep_batch)
    return session.scalars(batch.with_for_update(skip_locked=True, of=Registration, key_share=True)).all()
