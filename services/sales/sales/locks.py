"""Locks on what has no row yet."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def hold(session: Session, *keys: object) -> None:
    """Let nobody else who asks for one of `keys` go on until this transaction ends. Taken in one order by
    all."""
    for key in sorted({str(key) for key in keys}):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
