"""Lock-out: after some failures in a row an account waits before the next attempt, each time twice as long.

Counted by e-mail address whether or not anybody has it, so that a lock tells nothing. An attempt is counted before
the password is looked at: a hundred at once get no more tries than a hundred in a row.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.errors import Refusal
from gateway.auth.model import LoginAttempts
from gateway.auth.rules import lock_seconds
from gateway.tokens.real_time import real_now

_FORGOTTEN_AFTER = timedelta(days=1)


class LockedOut(Refusal):
    """429: too many failures in a row for this account."""

    status, title = 429, "Too many requests"

    def __init__(self, seconds: int) -> None:
        headers = {"Retry-After": str(seconds)}
        super().__init__("locked_out", f"Too many failed attempts; try again in {seconds} s.", headers=headers)


def count_attempt(session: Session, email: str, *, free: int, longest: int) -> None:
    """Count an attempt as failed until `forgive`. LockedOut where the account has to wait."""
    key, now = key_of(email), real_now()
    first = insert(LoginAttempts).values(email_hash=key, failures=0, last_at=now)
    session.execute(first.on_conflict_do_nothing())
    kept = session.get_one(LoginAttempts, key, with_for_update=True, populate_existing=True)
    if kept.blocked_until is not None and kept.blocked_until > now:
        raise LockedOut(int((kept.blocked_until - now).total_seconds()) + 1)
    kept.failures = 1 if now - kept.last_at > _FORGOTTEN_AFTER else kept.failures + 1
    kept.last_at = now
    seconds = lock_seconds(kept.failures, free=free, longest=longest)
    kept.blocked_until = now + timedelta(seconds=seconds) if seconds else None


def forgive(session: Session, email: str) -> None:
    """The password was right, or an administrator unlocks: nothing is held against the account."""
    session.execute(delete(LoginAttempts).where(LoginAttempts.email_hash == key_of(email)))


def key_of(email: str) -> bytes:
    """What an address is counted under."""
    return hashlib.sha256(email.strip().lower().encode()).digest()
