"""Content that no file has any more: its upload died before the commit, or the file was removed or erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.storage import is_set_up, storage, sweep
from contacts.files import links
from contacts.files.actions import spoken_of

EVERY = 20  # seconds: 256 parts take less than an hour and a half


def sweep_unused(session: Session, now: datetime) -> None:
    """Sweep the part of the storage whose turn it is, where there is a storage."""
    links.forget(session, now)
    if is_set_up():
        sweep(session, storage(session), spoken_of, now, every=EVERY)
