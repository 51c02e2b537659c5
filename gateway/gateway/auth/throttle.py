"""Lock-out: after some failures in a row an account waits before the next attempt, each time twice as long.

Counted by e-mail address whether or not anybody has it, so that a lock tells nothing. An attempt counts before the
password is looked at, so that many guesses at once get few more tries than in a row; but only one that failed locks,
for one user's scripts may well log in several times at once.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.errors import Refusal
from gateway.auth.model import LoginAttempts
from gateway.auth.rules import lock_seconds
from gateway.tokens.real_time import real_now

AT_ONCE = 20
_UNDER_WAY = timedelta(seconds=10)
_FORGOTTEN_AFTER = timedelta(days=1)


class LockedOut(Refusal):
    """429: too many failures in a row for this account."""

    status, title = 429, "Too many requests"

    def __init__(self, seconds: int) -> None:
        headers = {"Retry-After": str(seconds)}
        super().__init__("locked_out", f"Too many failed attempts; try again in {seconds} s.", headers=headers)


def begin(session: Session, email: str, *, free: int) -> None:
    """Count an attempt. LockedOut where the account has to wait, or too many attempts are under way."""
    key, now = key_of(email), real_now()
    first = insert(LoginAttempts).values(email_hash=key, failures=0, last_at=now)
    session.execute(first.on_conflict_do_nothing())
    kept = session.get_one(LoginAttempts, key, with_for_update=True, populate_existing=True)
    if kept.blocked_until is not None and kept.blocked_until > now:
        raise LockedOut(int((kept.blocked_until - now).total_seconds()) + 1)
    since = now - kept.last_at
    if kept.failures >= free + AT_ONCE and since < _UNDER_WAY:
        raise LockedOut(1)
    kept.failures = 1 if since > _FORGOTTEN_AFTER else kept.failures + 1
    kept.last_at = now


def fail(session: Session, email: str, *, free: int, longest: int) -> None:
    """The password was wrong: lock the account if it was not the first time."""
    kept = session.get(LoginAttempts, key_of(email), with_for_update=True)
    if kept is not None:
        seconds = lock_seconds(kept.failures, free=free, longest=longest)
        kept.blocked_until = real_now() + timedelta(seconds=seconds) if seconds else None


def forgive(session: Session, email: str) -> None:
    """The password was right, or an administrator unlocks: nothing is held against the account.

    The row stays, since other attempts may be about to lock it; old ones are swept.
    """
    mine = LoginAttempts.email_hash == key_of(email)
    session.execute(update(LoginAttempts).where(mine).values(failures=0, blocked_until=None))


def key_of(email: str) -> bytes:
    """What an address is counted under."""
    return hashlib.sha256(email.strip().lower().encode()).digest()
