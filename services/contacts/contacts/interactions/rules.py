"""The channels, and when two colleagues step on each other's feet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Invalid
from chassis.instants import instant_text
from chassis.languages import in_language

NOTE = "note"
CHANNELS = ("call", "email", "meeting", "visit", "chat", "message", "form", NOTE)
DIRECTIONS = ("in", "out")
# A note is no contact, and what the customer sent (a form) is nobody's.
TOUCHING = ("call", "email", "meeting", "visit", "chat", "message")
_CHINESE = dict(zip(TOUCHING, ("电话", "邮件", "会面", "拜访", "在线聊天", "消息"), strict=True))
LONGEST_MINUTES = 10_080
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Touch:
    """A contact that somebody had with a customer."""

    interaction_id: UUID
    author_id: UUID
    author: str | None
    channel: str
    at: datetime
    same_person: bool = True


def check_time(at: datetime, now: datetime) -> None:
    """An interaction has happened; what is to come is a task. Invalid otherwise."""
    if at > now + CLOCK_SKEW:
        raise Invalid("at", "in_the_future", "An interaction has happened. Plan what is to come as a task.")


def check_about(person_id: UUID | None, company_id: UUID | None, *others: UUID | None) -> None:
    """An interaction is with somebody or about something. Invalid otherwise."""
    if not any((person_id, company_id, *others)):
        raise Invalid("person_id", "required", "Say who it was with: person_id, company_id, lead_id or deal_id.")


def check_outcome(outcome: str, choices: Sequence[str]) -> None:
    """One of the outcomes that are set up; any, while none are. Invalid otherwise."""
    if choices and outcome not in choices:
        raise Invalid("outcome", "not_a_choice", f"Choose one of: {', '.join(choices)}.")


def check_took_place(state: str, starts_at: datetime, now: datetime) -> None:
    """What is logged has begun. Conflict otherwise."""
    if state == "cancelled":
        raise Conflict("appointment_cancelled", "The appointment is cancelled.")
    if starts_at > now + CLOCK_SKEW:
        raise Conflict("appointment_to_come", "The appointment has not begun.")


def minutes(start: datetime, end: datetime) -> int:
    """How long it took, as far as an interaction may take."""
    return min(int((end - start).total_seconds() // 60), LONGEST_MINUTES)


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """What changes, as field -> [before, after] in JSON types."""
    return {name: [_plain(before[name]), _plain(value)] for name, value in after.items() if before[name] != value}


def _plain(value: Any) -> Any:
    return instant_text(value) if isinstance(value, datetime) else value


def warning(touch: Touch, locale: str | None = None) -> dict[str, Any]:
    """What the answer says, to who reads in that locale, when a colleague was in touch with the same customer just
    before."""
    whom = "this customer" if touch.same_person else "somebody of the same company"
    english = f"{touch.author or 'A colleague'} was in touch with {whom} by {touch.channel} already."
    whom = "该客户" if touch.same_person else "同一公司的人员"
    chinese = f"{touch.author or '一位同事'}刚刚已通过{_CHINESE[touch.channel]}联系过{whom}。"
    return {
        "code": "colleague_active",
        "message": in_language({"en": english, "zh": chinese}, locale, english),
        "same_person": touch.same_person,
        "interaction_id": str(touch.interaction_id),
        "author_id": str(touch.author_id),
        "channel": touch.channel,
        "at": touch.at,
    }
