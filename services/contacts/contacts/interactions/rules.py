"""The channels, and when two colleagues step on each other's feet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.errors import Invalid

CHANNELS = ("call", "email", "meeting", "visit", "chat", "message", "form", "note")
DIRECTIONS = ("in", "out")
# A note is no contact, and what the customer sent (a form) is nobody's.
TOUCHING = ("call", "email", "meeting", "visit", "chat", "message")
_CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Touch:
    """A contact that somebody had with a customer."""

    interaction_id: UUID
    author_id: UUID
    author: str | None
    channel: str
    at: datetime


def check_time(at: datetime, now: datetime) -> None:
    """An interaction has happened; what is to come is a task. Invalid otherwise."""
    if at > now + _CLOCK_SKEW:
        raise Invalid("at", "in_the_future", "An interaction has happened. Plan what is to come as a task.")


def check_about(person_id: UUID | None, company_id: UUID | None, *others: UUID | None) -> None:
    """An interaction is with somebody or about something. Invalid otherwise."""
    if not any((person_id, company_id, *others)):
        raise Invalid("person_id", "required", "Say who it was with: person_id, company_id, lead_id or deal_id.")


def warning(touch: Touch) -> dict[str, Any]:
    """What the answer says when a colleague was in touch with the same customer just before."""
    return {
        "code": "colleague_active",
        "message": f"{touch.author or 'A colleague'} was in touch with this customer by {touch.channel} already.",
        "interaction_id": str(touch.interaction_id),
        "author_id": str(touch.author_id),
        "channel": touch.channel,
        "at": touch.at.isoformat(),
    }
