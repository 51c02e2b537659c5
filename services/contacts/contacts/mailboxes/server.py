"""A mailbox on its IMAP server. Blocks: only the jobs process and a connection test come here."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from imaplib import IMAP4
from typing import Any

from imapclient import IMAPClient

from contacts.mailboxes.model import Mailbox
from contacts.mailboxes.rules import LARGEST

TIMEOUT = 20  # seconds, for each answer of the server


class Unreachable(Exception):
    """The server cannot be had, or does not let us in; the text is for administrators and holds no secret."""


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """The mailbox's folder, open. Unreachable when it cannot be."""
    name = password_setting(mailbox.key)
    password = os.environ.get(name)
    if not password:
        raise Unreachable(f"{name} is not set.")
    try:
        client = IMAPClient(
            mailbox.host, port=mailbox.port, ssl=mailbox.tls == "implicit", timeout=TIMEOUT,
            ssl_context=ssl.create_default_context() if mailbox.tls == "implicit" else None, use_uid=True,
        )  # fmt: skip
    except (OSError, IMAP4.error) as error:
        raise Unreachable(f"No connection to {mailbox.host}:{mailbox.port}: {_words(error)}") from None
    try:
        if mailbox.tls == "starttls":
            client.starttls(ssl.create_default_context())
        client.login(mailbox.username, password)
        yield client
    except (OSError, IMAP4.error) as error:
        raise Unreachable(f"The server says: {_words(error)}") from None
    finally:
        with suppress(Exception):
            client.logout()


def password_setting(key: str) -> str:
    """The environment variable that holds a mailbox's password."""
    return f"CONTACTS_MAILBOX_{key.upper().replace('-', '_')}_PASSWORD"


def look(client: IMAPClient, mailbox: Mailbox) -> dict[str, Any]:
    """Open the folder; its `uid_validity` and number of `messages`."""
    found = client.select_folder(mailbox.folder)
    return {"uid_validity": int(found[b"UIDVALIDITY"]), "messages": int(found[b"EXISTS"])}


def behind(client: IMAPClient, mailbox: Mailbox, last_uid: int) -> list[tuple[int, int]]:
    """UID and size of the messages behind `last_uid`, in order, since the day from which mails are taken."""
    criteria: list[Any] = ["UID", f"{last_uid + 1}:*"]
    if mailbox.since:
        criteria += ["SINCE", mailbox.since.date()]
    # `n:*` always gives the last message, also when it lies before n (RFC 3501, 6.4.8).
    uids = sorted(uid for uid in client.search(criteria) if uid > last_uid)
    found: list[tuple[int, int]] = []
    for start in range(0, len(uids), 500):
        answer = client.fetch(uids[start : start + 500], ["RFC822.SIZE", "INTERNALDATE"])
        for uid, data in sorted(answer.items()):
            if b"RFC822.SIZE" in data and _taken(mailbox, data.get(b"INTERNALDATE")):
                found.append((uid, int(data[b"RFC822.SIZE"])))
    return found


def fetch(client: IMAPClient, uid: int, size: int) -> bytes | None:
    """The bytes of a message, its head where it is too large; None where it is gone. It is not marked as read."""
    part = "BODY.PEEK[]" if size <= LARGEST else "BODY.PEEK[HEADER]"
    data = client.fetch([uid], [part]).get(uid, {})
    return next((bytes(value) for key, value in data.items() if key.startswith(b"BODY[") and value), None)


def put_away(client: IMAPClient, mailbox: Mailbox, uid: int) -> None:
    """Mark or move a message that was filed, as the mailbox says. Nothing is ever deleted: without MOVE (RFC 6851) it
    stays where it is."""
    if mailbox.flag_seen:
        client.add_flags([uid], [b"\\Seen"], silent=True)
    if mailbox.move_to and client.has_capability("MOVE"):
        if not client.folder_exists(mailbox.move_to):
            client.create_folder(mailbox.move_to)
        client.move([uid], mailbox.move_to)


def _taken(mailbox: Mailbox, arrived: datetime | None) -> bool:
    """SINCE goes by days; this by the instant. imapclient gives times of this machine's zone without saying so."""
    return mailbox.since is None or arrived is None or arrived.astimezone(UTC) >= mailbox.since.replace(microsecond=0)


def _words(error: Exception) -> str:
    text = error.args[0] if error.args else error
    return (text.decode("utf-8", "replace") if isinstance(text, bytes) else str(error))[:300]
