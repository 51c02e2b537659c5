"""What may become of a lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from chassis.errors import Conflict

OPEN = ("new", "following", "dormant", "shelved", "recycled")
WORKED = ("new", "following", "recycled")  # where follow-ups are planned and silence counts
STATUSES = (*OPEN, "converted", "lost")
ERASED, MERGED = "person_erased", "merged_person"  # why a lead is closed that came to no end of its own
CONTACT_CHANNELS = frozenset({"call", "email", "meeting", "visit", "chat", "message"})

_ENDS = frozenset({"following", "converted", "lost"})
_NEXT: dict[str, frozenset[str]] = {
    "new": _ENDS | {"dormant", "shelved"},
    "following": _ENDS | {"dormant", "shelved"},
    "recycled": _ENDS | {"dormant", "shelved"},
    "dormant": _ENDS | {"recycled"},
    "shelved": _ENDS | {"recycled"},
    "converted": frozenset(),
    "lost": frozenset({"recycled"}),
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


LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z"  # a tag by BCP 47, as far as programs go by it


def language(text: str | None) -> str | None:
    """The tag that a form gave for its language; None for anything else."""
    return text if text and re.match(LANGUAGE, text) else None


CRITERIA = ("need", "budget", "authority", "timing")
LEVELS = {"unknown": 0, "no": 0, "partly": 50, "yes": 100}


def qualification_score(levels: Mapping[str, str]) -> int:
    """0 to 100: the mean of what is known by criterion (BANT: budget, authority, need, timing); one that nobody asked
    for counts nothing."""
    return sum(LEVELS[levels.get(one, "unknown")] for one in CRITERIA) // len(CRITERIA)


def check_qualified(score: int | None, levels: Mapping[str, str], minimum: int) -> None:
    """Conflict (`not_qualified`), naming what is not known, where a lead is not worth a deal yet."""
    if (score or 0) < minimum:
        missing = [one for one in CRITERIA if levels.get(one, "unknown") == "unknown"]
        message = f"A lead becomes a deal from a qualification of {minimum}; this one has {score or 0}."
        raise Conflict("not_qualified", message, minimum=minimum, score=score or 0, missing=missing)
