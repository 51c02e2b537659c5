"""Why records change their owner, for the history."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from contacts.causes import say_cause

LEFT = "user_left"


def because(session: Session, why: str, *, hand_over_id: UUID | None = None, by: UUID | None = None) -> None:
    """From now on until the transaction ends, records change their owner for this reason, by the one who acts."""
    say_cause(session, "owner", by=by, why=why, hand_over_id=hand_over_id)
