"""What a mail is, whose it is, and when a mailbox that is down is asked again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chassis.errors import Conflict

TLS = ("implicit", "starttls", "none")
STRANGERS = ("ignore", "make", "review")
STATES = ("filed", "review", "automatic", "ignored", "dismissed")
LARGEST = 25 * 1024 * 1024  # bytes; of a larger one only the head is read
MAX_CONTENT = 20_000  # characters, as of an interaction
MAX_ADDRESSES = 50
MAX_ATTACHMENTS = 50
INTERVAL = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
_ID = re.compile(r"<[^<>\s]{1,990}>")


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody in a head: the address in lower case, and the name beside it."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in a mail: its name, the type that the mail says it has, its bytes."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail as it was read. `head` holds the fields that say what kind it is, their names in lower case. `left_out`
    counts the attachments behind the first fifty; `invitation` is iCalendar."""

    message_id: str
    references: Sequence[str]
    sent_at: datetime | None
    sender: Address | None
    recipients: Sequence[Address]
    subject: str
    content: str
    head: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Attached] = ()
    left_out: int = 0
    invitation: str | None = None


def is_automatic(head: Mapping[str, str]) -> bool:
    """Whether a machine sent it: RFC 3834 (Auto-Submitted), RFC 2919 (List-Id), RFC 3464 (reports), and Precedence and
    the empty Return-Path that older ones use."""
    return (
        head.get("auto-submitted", "no").split(";")[0].strip().lower() != "no"
        or any(name in head for name in ("list-id", "list-unsubscribe", "x-autoreply", "x-autorespond"))
        or head.get("precedence", "").strip().lower() in ("bulk", "list", "junk", "auto_reply")
        or head.get("content-type", "").lower().startswith("multipart/report")
        or head.get("return-path", "").strip() == "<>"
    )


def is_own(address: str, own: Sequence[str], domains: Sequence[str]) -> bool:
    """Whether an address is ours: one of `own`, or at one of our domains or below it."""
    domain = address.rpartition("@")[2]
    return address in own or any(domain == one or domain.endswith("." + one) for one in domains)


def message_ids(text: str) -> list[str]:
    """The Message-IDs in a References or In-Reply-To field."""
    return _ID.findall(text)


def with_names(content: str, attachments: Iterable[Mapping[str, Any]]) -> str:
    """The text of a mail behind the names of what is attached; of what is no file here, with the reason (a code)."""
    names = ", ".join(
        one["name"] + (f" (not kept: {one['refused']})" if one.get("refused") else "") for one in attachments
    )
    return (f"[{names}]\n{content}" if names else content)[:MAX_CONTENT]


def with_outcome(content: str, outcome: str | None) -> str:
    """The text of a mail behind what became of the invitation in it."""
    return f"[invitation: {outcome}]\n{content}"[:MAX_CONTENT] if outcome else content


def pause(failures: int) -> timedelta:
    """How long a mailbox is left alone after so many failures in a row: from a minute to an hour."""
    return min(INTERVAL * 2 ** min(failures, 10), _LONGEST_PAUSE) if failures else INTERVAL


def check_review(state: str) -> None:
    """Only what waits for review is assigned or dismissed. Conflict otherwise."""
    if state != "review":
        raise Conflict(f"mail_{state}", f"The mail is {state} already.")
