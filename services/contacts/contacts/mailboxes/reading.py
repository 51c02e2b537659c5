"""From the bytes of a mail to what it says, by the standard library; whatever is broken in it is read as well as it
can be, for who sent it will not mend it."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from mimetypes import guess_extension
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup
from charset_normalizer import from_bytes

from contacts.invitations.rules import MAX_SIZE, METHODS
from contacts.mailboxes.rules import (
    MAX_ADDRESSES,
    MAX_ATTACHMENTS,
    MAX_CONTENT,
    Address,
    Attached,
    ReadMail,
    message_ids,
)

_HEAD = (
    "auto-submitted", "list-id", "list-unsubscribe", "x-autoreply", "x-autorespond", "precedence", "content-type",
    "return-path",
)  # fmt: skip
_CALENDARS = ("text/calendar", "application/ics")
_ASKS = re.compile(rf"^METHOD(;[^:\r\n]*)?:({'|'.join(METHODS)})\s*$", re.IGNORECASE | re.MULTILINE)
_CID = re.compile(r"cid:([^\s\"'<>)]+)", re.IGNORECASE)


def read(raw: bytes) -> ReadMail:
    """What a mail says. One without a Message-ID is named by its own hash."""
    message = message_from_bytes(raw, policy=policy.default)
    own = message_ids(_field(message, "message-id"))
    references = message_ids(f"{_field(message, 'references')} {_field(message, 'in-reply-to')}")
    senders, attached = _addresses(message, "from"), _attachments(message)
    return ReadMail(
        message_id=own[0] if own else f"<{hashlib.sha256(raw).hexdigest()}@quintet.invalid>",
        references=list(dict.fromkeys(references)),
        sent_at=_date(message),
        sender=senders[0] if senders else None,
        recipients=[*_addresses(message, "to"), *_addresses(message, "cc")][:MAX_ADDRESSES],
        subject=_clean(_field(message, "subject"))[:300],
        content=_content(message),
        head={name: _field(message, name) for name in _HEAD if name in message},
        attachments=attached[:MAX_ATTACHMENTS],
        left_out=max(len(attached) - MAX_ATTACHMENTS, 0),
        invitation=_invitation(message),
    )


def _field(message: EmailMessage, name: str) -> str:
    """A field of the head as text; what cannot be parsed as it was sent."""
    try:
        return str(message.get(name, ""))
    except Exception:  # the parser of structured fields gives way on some nonsense, in many ways
        raw = [value for key, value in message.raw_items() if key.lower() == name]
        return str(raw[0]) if raw else ""


def _addresses(message: EmailMessage, name: str) -> list[Address]:
    found = getaddresses([_field(message, name)])
    return [Address(_clean(at).lower(), _clean(text)) for text, at in found if "@" in at]


def _date(message: EmailMessage) -> datetime | None:
    try:
        sent = parsedate_to_datetime(_field(message, "date"))
        return (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _content(message: EmailMessage) -> str:
    try:
        body: Any = message.get_body(("plain", "html"))
    except Exception:
        body = None
    if body is None:
        return ""
    text = _text(body)
    if body.get_content_type() == "text/html":
        text = _from_html(text)
    lines = (line.rstrip() for line in _clean(text).splitlines())
    return "\n".join(lines).strip()[:MAX_CONTENT]


def _text(part: Any) -> str:
    """A part as text: in the charset that it names if that is one and fits, else in the likeliest."""
    raw: bytes = part.get_payload(decode=True) or b""
    try:
        return raw.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError, ValueError):
        guess = from_bytes(raw[:200_000]).best()
        return raw.decode(guess.encoding if guess else "latin-1", "replace")


def _from_html(text: str) -> str:
    soup = BeautifulSoup(text, "html.parser")
    for tag in soup(["script", "style", "head", "title"]):
        tag.decompose()
    for tag in soup(["br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"]):
        tag.append("\n")
    lines = (" ".join(line.split()) for line in soup.get_text().splitlines())
    return "\n".join(line for line in lines if line)


def _attachments(message: EmailMessage) -> list[Attached]:
    """What is attached. An image that the HTML shows (`cid:`, RFC 2392) is part of the text."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    pages = [_text(part) for part in parts if part.get_content_type() == "text/html"]
    shown = {unquote(one) for page in pages for one in _CID.findall(page)}
    found = []
    for part in parts:
        name, type_ = part.get_filename(), part.get_content_type()
        inline = part.get_content_disposition() != "attachment"
        is_text = not name or (type_.startswith("image/") and _field(part, "content-id").strip("<> ") in shown)
        if inline and is_text:
            continue
        raw: Any = part.get_payload(decode=True) or b""
        name = _clean(name or "") or f"attachment{guess_extension(type_) or ''}"
        found.append(Attached(name, type_, raw))
    return found


def _invitation(message: EmailMessage) -> str | None:
    """The calendar in a mail that asks for something (RFC 6047); of several, which programs send for each other's sake,
    the first."""
    for part in message.walk():
        named = (part.get_filename() or "").lower().endswith(".ics")
        if part.is_multipart() or not (part.get_content_type() in _CALENDARS or named):
            continue
        text = _clean(_text(part))
        if _ASKS.search(text):
            return text[: MAX_SIZE + 1]
    return None


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot keep: NUL, and bytes that were no text."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode().strip()
