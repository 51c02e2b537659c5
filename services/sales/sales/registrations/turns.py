"""Who is to decide on a registration."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales.approvals.actions import ask
from sales.approvals.people import has_left, successor
from sales.approvals.rules import ADMIN, MOST, Turn
from sales.registrations.model import Registration
from sales.reps.model import Rep
from sales.reps.reporting import managers_of

_STEP = 1


def refresh(session: Session, registration: Registration, *, decided: bool = False) -> None:
    """Ask those who are to decide on a locked registration by now, or nobody; `decided`: the actor has done so."""
    ask(session, registration, _turn(session, registration), decided=_STEP if decided else None)


def _turn(session: Session, registration: Registration) -> Turn | None:
    """It is the channel manager's; of one who left, their deputy's, else a manager's above them, else that of any
    administrator, like one without a channel manager. Once it is overdue it is also that of the nearest manager above,
    else of the administrators."""
    if registration.status != "submitted":
        return None
    one = registration.owner_id
    if one is not None and has_left(session, one):
        one, _ = successor(session, one, frozenset())
    above = _above(session, one) if one and registration.escalated_at else ()
    return Turn(_STEP, (one, *above) if one else (), ADMIN, registration.team_id, frozenset())


def _above(session: Session, user_id: UUID) -> Sequence[UUID]:
    holders = select(Rep.id).where(Rep.active, Rep.roles.contains([ADMIN]), Rep.id != user_id).order_by(Rep.id)
    return managers_of(session, user_id)[:1] or session.scalars(holders.limit(MOST)).all()
