"""What a new decision about consent changes."""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis.errors import Invalid

_CLOCK_SKEW = timedelta(minutes=5)


def check_time(at: datetime, now: datetime) -> None:
    """Nobody consents in the future. Invalid otherwise (five minutes are allowed for clocks that differ)."""
    if at > now + _CLOCK_SKEW:
        raise Invalid("at", "in_the_future", "Consent cannot be given or withdrawn in the future.")


def holds(at: datetime, granted: bool, latest_at: datetime | None, latest_granted: bool | None) -> bool:
    """Whether a decision made `at` is the one that holds beside the latest known so far. At the same instant a
    withdrawal wins: in doubt the stricter."""
    if latest_at is None or at > latest_at:
        return True
    return at == latest_at and not granted and bool(latest_granted)
