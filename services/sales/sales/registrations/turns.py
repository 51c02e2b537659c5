"""Who is to decide on a registration."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sales.approvals.actions import ask
from sales.approvals.people import has_left, successor
from sales.approvals.rules import ADMIN, Turn
from sales.registrations.model import Registration

_STEP = 1


def refresh(session: Session, registration: Registration, *, decided: bool = False) -> None:
    """Ask those who are to decide on a locked registration by now, or nobody; `decided`: the actor has done so."""
    ask(session, registration, _turn(session, registration), decided=_STEP if decided else None)


def _turn(session: Session, registration: Registration) -> Turn | None:
    """It is the channel manager's; of one who left, their deputy's, else a manager's above them, else that of any
    administrator, like one without a channel manager."""
    if registration.status != "submitted":
        return None
    one = registration.owner_id
    if one is not None and has_left(session, one):
        one, _ = successor(session, one, frozenset())
    return Turn(_STEP, (one,) if one else (), ADMIN, registration.team_id, frozenset())
