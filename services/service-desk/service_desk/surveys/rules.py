"""When a survey can be answered, and what an answer means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.errors import Conflict, Gone


@dataclass(frozen=True)
class Reply:
    """What the customer says."""

    score: int
    comment: str | None = None


def is_repeat(given: Reply | None, reply: Reply, expires_at: datetime, now: datetime) -> bool:
    """Whether `reply` was given before, word for word. Conflict if another was, Gone if it comes too late."""
    if given is not None:
        if given != reply:
            raise Conflict("already_answered", "This survey has been answered.")
        return True
    if now >= expires_at:
        raise Gone("expired", "This survey can no longer be answered.")
    return False


def is_low(score: int, reopen_at: int) -> bool:
    """Whether the score calls for another look."""
    return score <= reopen_at
