"""What a transaction says of the changes in it, for the triggers that keep their history."""

from __future__ import annotations

from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.access import actor


def say_cause(session: Session, of: str, *, by: UUID | None = None, **facts: object) -> None:
    """From now on until the transaction ends, these facts are the cause `of` changes ("owner", "stage"), by `by` or the
    one who acts. It is to be said before a change is written, so nothing is flushed."""
    cause = orjson.dumps({"by": by or actor().id, **facts}).decode()
    with session.no_autoflush:
        session.execute(select(func.set_config(f"contacts.{of}_cause", cause, True)))
