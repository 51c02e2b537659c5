"""Content that no file has any more: its upload died before the commit, or the file was removed or erased;
and no mail that waits for review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.storage import is_set_up, storage, sweep
from contacts.files import actions, links
from contacts.mailboxes import attachments

EVERY = 20  # seconds: 256 parts take less than an hour and a half


def sweep_unused(session: Session, now: datetime) -> None:
    """Sweep the part of the storage whose turn it is, where there is a storage."""
    links.forget(session, now)
    if is_set_up():
        sweep(session, storage(session), _spoken_of, now, every=EVERY)


def _spoken_of(session: Session, keys: Sequence[str]) -> set[str]:
    """Mails are asked first: what one had when it was assigned in between is a file's by then."""
    return attachments.spoken_of(session, keys) | actions.spoken_of(session, keys)
