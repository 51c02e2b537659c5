"""Locks on what has no row yet."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(CAST(:keys AS text[])) AS key")


def hold(session: Session, *keys: object) -> None:
    """Let nobody else who asks for one of `keys` go on until this transaction ends. Taken in one order by all, which
    is that in which unnest() gives them."""
    if keys:
        session.connection().execute(_HOLD, {"keys": sorted({str(key) for key in keys})})
