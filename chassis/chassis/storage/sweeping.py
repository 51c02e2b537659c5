"""Removing blobs that no row speaks of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.storage.base import Storage
from chassis.storage.content import lock_of

PARTS = 256
_BATCH = 500
GRACE = timedelta(hours=1)

Used = Callable[[Session, Sequence[str]], set[str]]


def sweep(session: Session, store: Storage, used: Used, now: datetime, *, every: float) -> int:
    """Sweep one of the 256 parts of the storage; how many blobs went. Called `every` so many seconds it comes round to
    all of them, and keeps nothing in mind: a turn that is missed is made up for in the next round.

    `used` says which of some keys rows speak of. An upload holds the lock of its blob until its row is committed, so
    a blob that is free and has no row is nobody's; the hour of grace is for who restores a database beside its storage.
    """
    store.tidy()
    part = int(now.timestamp() // every) % PARTS
    old = [key for key, since in store.keys(f"{part:02x}") if since < now - GRACE]
    gone = 0
    for first in range(0, len(old), _BATCH):
        keys = old[first : first + _BATCH]
        for key in sorted(set(keys) - used(session, keys)):
            free = session.scalar(select(func.pg_try_advisory_xact_lock(lock_of(key))))
            if free and not used(session, [key]):
                store.delete(key)
                gone += 1
    return gone
