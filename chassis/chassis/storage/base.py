"""What every storage can do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Protocol

from chassis.errors import Gone, Unavailable

BLOCK = 64 * 1024


class Storage(Protocol):
    """Blobs by key: 64 hexadecimal digits. A blob never changes, for its key says what is in it.

    Unavailable, of every method, where the storage cannot be reached or is full.
    """

    def put(self, key: str, stream: IO[bytes], size: int) -> None:
        """Store `size` bytes, whole or not at all, so that they outlive a crash. What is there already stays."""

    def open(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, in pieces. Gone, before the first piece, where the blob is lost."""

    def delete(self, key: str) -> None:
        """Remove a blob. One that is not there is no mistake."""

    def keys(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """The keys that begin with these two digits, and since when each is there."""

    def tidy(self) -> None:
        """Remove what was begun long ago and never became a blob."""


def lost() -> Gone:
    """The refusal for a blob that should be there."""
    return Gone("content_lost", "The content of this file is not in the storage any more.")


def out_of_order() -> Unavailable:
    """The refusal where the storage does not do what it should."""
    return Unavailable("The storage of files does not answer as it should; try again soon.")
