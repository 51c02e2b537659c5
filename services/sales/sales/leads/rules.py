"""What may become of a lead."""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis.errors import Conflict

OPEN = ("new", "following", "dormant", "shelved")
STATUSES = (*OPEN, "converted", "lost")
CONTACT_CHANNELS = frozenset({"call", "email", "meeting", "visit", "chat", "message"})

_NEXT: dict[str, frozenset[str]] = {
    "new": frozenset({"following", "dormant", "shelved", "converted", "lost"}),
    "following": frozenset({"following", "dormant", "shelved", "converted", "lost"}),
    "dormant": frozenset({"following", "converted", "lost"}),
    "shelved": frozenset({"following", "converted", "lost"}),
    "converted": frozenset(),
    "lost": frozenset(),
}


def move(status: str, target: str) -> str:
    """`target`, if a lead that is `status` may become it; Conflict (`already_lost`, `lead_converted`, ...)
    otherwise."""
    if target in _NEXT[status]:
        return target
    if status == target:
        raise Conflict(f"already_{status}", f"The lead is {status} already.")
    raise Conflict(f"lead_{status}", f"The lead is {status}; it cannot become {target}.")


def check_open(status: str) -> None:
    """Conflict unless the lead can still be worked on."""
    if status not in OPEN:
        raise Conflict(f"lead_{status}", f"The lead is {status}; it cannot be changed any more.")


def silent_before(now: datetime, days: int) -> datetime:
    """Whoever was last heard of before this instant is dormant."""
    return now - timedelta(days=days)


def score(*, email: bool, phone: bool, company: bool, message: bool, campaign: bool) -> int:
    """0 to 100: how much of what a first call needs is known."""
    return 30 * email + 30 * phone + 20 * company + 10 * message + 10 * campaign
