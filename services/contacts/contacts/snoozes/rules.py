"""Until when a reminder is put off."""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis.errors import Invalid

LONGEST = timedelta(days=28)


def check_until(until: datetime, now: datetime) -> None:
    """A time to come, within four weeks. Invalid otherwise."""
    if not now < until <= now + LONGEST:
        raise Invalid("until", "out_of_range", f"Give a time to come, within {LONGEST.days} days.")


def minutes_before(at: datetime, now: datetime) -> int:
    """The minutes that are left until `at`; none where it has passed."""
    return max(0, int((at - now).total_seconds()) // 60)
