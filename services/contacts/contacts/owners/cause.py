"""What a transaction says of the changes of owner in it, for the history."""

from __future__ import annotations

from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.access import actor

LEFT = "user_left"


def because(session: Session, why: str, *, hand_over_id: UUID | None = None, by: UUID | None = None) -> None:
    """From now on until the transaction ends, records change their owner for this reason, by the one who acts."""
    cause = orjson.dumps({"by": by or actor().id, "why": why, "hand_over_id": hand_over_id}).decode()
    session.execute(select(func.set_config("contacts.owner_cause", cause, True)))
