"""Deadlines and states of what people ask for about their own data."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from chassis.errors import Conflict

KINDS = ("access", "erasure", "rectification", "restriction")
LAWS = ("gdpr", "pipl", "ccpa")
_SATURDAY = 5
DAY = timedelta(days=1)
# Nearer than this to the deadline, a request that nobody has begun is told of.
NEAR = timedelta(days=3)


def due(received: datetime, within: str) -> datetime:
    """Until when a request is to be answered: `within` is a number of days, or of working days (`15w`).

    GDPR art. 12(3): one month; PIPL art. 50 "in time", 15 working days by GB/T 35273; CCPA 1798.130: 45 days.
    """
    if not within.endswith("w"):
        return received + timedelta(days=int(within))
    at, left = received, int(within[:-1])
    while left:
        at += DAY
        left -= at.weekday() < _SATURDAY
    return at


def may_begin(kind: str, state: str, identity: str | None) -> bool:
    """Whether the request is to begin now; False where it has. Conflict where it must not."""
    if state in ("running", "done"):
        return False
    if state == "rejected":
        raise Conflict("rejected", "The request was rejected; open another one.")
    if not identity:
        raise Conflict("identity_unchecked", f"Note how the person's identity was checked before the {kind} begins.")
    return True


def may_reject(state: str) -> bool:
    """Whether it is to be rejected now; False where it was. Conflict where it has begun."""
    if state == "rejected":
        return False
    if state != "open":
        raise Conflict("begun", f"The request is {state}.")
    return True


def is_late(
    state: str, due_at: datetime, asked_at: datetime | None, outstanding: Collection[str], answer_within: timedelta,
    now: datetime,
) -> bool:  # fmt: skip
    """Whether somebody is to be told: the deadline is near, or a service was asked long ago."""
    if state == "open":
        return due_at - NEAR <= now
    return bool(outstanding) and asked_at is not None and (asked_at + answer_within <= now or due_at - NEAR <= now)
