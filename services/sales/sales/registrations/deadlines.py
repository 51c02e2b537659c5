"""By when a registration is decided on, or answered: reminded of, escalated, lapsed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales.registrations.actions import end
from sales.registrations.events import tell
from sales.registrations.model import Registration
from sales.registrations.turns import refresh
from sales.settings import settings


def escalate(session: Session, now: datetime) -> int:
    """Ask a manager above, too, where the house has not decided in time: the partner loses nothing by that. Once for
    each submission; how many. In batches."""
    late = _due(session, "submitted", Registration.due_at, now, Registration.escalated_at.is_(None))
    for registration in late:
        registration.escalated_at = now
        tell(session, "registration.overdue", registration)
        refresh(session, registration)
    return len(late)


def remind(session: Session, now: datetime) -> int:
    """Remind partners of questions that half of the time is over for, once of each; how many. In batches."""
    waiting = _due(session, "returned", Registration.warn_at, now)
    for registration in waiting:
        registration.warn_at = None
        tell(session, "registration.answer_due", registration)
    return len(waiting)


def lapse(session: Session, now: datetime) -> int:
    """End the registrations whose partner has not answered in time: others may register the customer. How many. In
    batches."""
    over = _due(session, "returned", Registration.due_at, now)
    for registration in over:
        end(session, registration, "lapsed")
        tell(session, "registration.lapsed", registration)
    return len(over)


def _due(session: Session, status: str, column: Any, now: datetime, *more: Any) -> Sequence[Registration]:
    due = select(Registration).where(Registration.status == status, column <= now, *more)
    batch = due.order_by(column, Registration.id).limit(settings().sweep_batch)
    return session.scalars(batch.with_for_update(skip_locked=True, of=Registration, key_share=True)).all()
