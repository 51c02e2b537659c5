"""Locks on what has no row yet."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.db.bulk import array_text
from chassis.db.sending import send

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(CAST(:keys AS text[])) AS key")


def hold(session: Session, *keys: object) -> None:
    """Let nobody else who asks for one of `keys` go on until this transaction ends: from its next statement on, with
    which this one goes. Taken in one order by all, which is that in which unnest() gives them."""
    if keys:
        send(session, _HOLD, {"keys": array_text(sorted({str(key) for key in keys}))})
