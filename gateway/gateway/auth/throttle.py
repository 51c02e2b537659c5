"""Lock-out: after some failures in a row an account waits before the next attempt, each time twice as long.

Counted by e-mail address whether or not anybody has it, so that a lock tells nothing. An attempt is counted before
the password is looked at: a hundred at once get no more tries than a hundred in a row.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from chassis.errors import Refusal
from gateway.auth.model import LoginAttempts
from gateway.tokens.real_time import real_now

_COUNT = text(
    """
    INSERT INTO login_attempts AS a (email_hash, failures, last_at, blocked_until)
    VALUES (:key, 1, :now, CASE WHEN :free <= 1 THEN CAST(:now AS timestamptz) + interval '1 second' END)
    ON CONFLICT (email_hash) DO UPDATE SET
        failures = CASE WHEN a.last_at < :now - interval '1 day' THEN 1 ELSE a.failures + 1 END,
        last_at = :now,
        blocked_until = CASE
            WHEN a.failures + 1 >= :free AND a.last_at >= :now - interval '1 day'
            THEN :now + make_interval(secs => least(:longest, power(2, least(a.failures + 1 - :free, 30)))) END
    WHERE a.blocked_until IS NULL OR a.blocked_until <= :now
    RETURNING failures
    """
)


class LockedOut(Refusal):
    """429: too many failures in a row for this account."""

    status, title = 429, "Too many requests"

    def __init__(self, seconds: int) -> None:
        headers = {"Retry-After": str(seconds)}
        super().__init__(
            "locked_out", f"Too many failed attempts; try again in {seconds} s.", headers=headers
        )


def count_attempt(session: Session, email: str, *, free: int, longest: int) -> None:
    """Count an attempt as failed until `forgive`. LockedOut where the account has to wait."""
    key, now = key_of(email), real_now()
    counted = session.scalar(_COUNT, {"key": key, "now": now, "free": free, "longest": longest})
    if counted is None:
        until = session.scalar(select(LoginAttempts.blocked_until).where(LoginAttempts.email_hash == key))
        raise LockedOut(max(1, int((until - now).total_seconds()) + 1) if until else 1)


def forgive(session: Session, email: str) -> None:
    """The password was right, or an administrator unlocks: nothing is held against the account."""
    session.execute(delete(LoginAttempts).where(LoginAttempts.email_hash == key_of(email)))


def key_of(email: str) -> bytes:
    """What an address is counted under."""
    return hashlib.sha256(email.strip().lower().encode()).digest()
