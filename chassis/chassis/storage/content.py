"""What somebody sends: looked at once in pieces, then stored under its SHA-256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.errors import Invalid, TooLarge
from chassis.storage.base import BLOCK, Storage


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of `stream`, which can be read again, and what they are. `sha256` is hexadecimal."""

    stream: IO[bytes]
    size: int
    sha256: str


def measure(stream: IO[bytes], *, at_most: int) -> Content:
    """Read `stream` to its end. TooLarge for more than `at_most` bytes, Invalid for none."""
    stream.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(BLOCK):
        size += len(piece)
        if size > at_most:
            raise TooLarge("too_large", f"A file has at most {at_most} bytes here.")
        digest.update(piece)
    if size == 0:
        raise Invalid("file", "empty", "The file is empty.")
    return Content(stream, size, digest.hexdigest())


def keep(session: Session, store: Storage, content: Content) -> None:
    """Store the content, unless it is there. The caller writes the row that speaks of it in the same transaction: until
    its end no sweep takes the blob away."""
    session.execute(select(func.pg_advisory_xact_lock(lock_of(content.sha256))))
    store.put(content.sha256, content.stream, content.size)


def lock_of(key: str) -> int:
    """The advisory lock (a signed 64-bit number) that who stores or removes a blob holds."""
    return int.from_bytes(bytes.fromhex(key[:16]), signed=True)
