"""Bodies on their way through: read in pieces, counted, never held whole unless small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from gevent import Timeout
from gevent.monkey import is_module_patched

from gateway.edge.wire import CHUNK, Connection, Garbled, Head

_GEVENT = is_module_patched("socket")


class TooLong(Exception):
    """The client sends more than the cap allows."""


class ClientGone(Exception):
    """The client broke off, or does not send on."""


@dataclass(frozen=True)
class Caps:
    """What a client may ask of us: the bytes of a body, and the seconds until its next piece."""

    max_bytes: int
    seconds: float


def incoming(stream: Any, length: int | None, caps: Caps) -> Iterator[bytes]:
    """The request's body in pieces. TooLong once it exceeds its cap, ClientGone where it breaks off or stands still."""
    left = caps.max_bytes if length is None else length
    while left > 0 or length is None:
        piece = _read(stream, CHUNK if length is None else min(CHUNK, left), caps.seconds)
        if not piece:
            break
        left -= len(piece)
        if left < 0:
            raise TooLong
        yield piece
    if length is not None and left > 0:
        raise ClientGone


def _read(stream: Any, size: int, seconds: float) -> bytes:
    """Up to `size` bytes. Only under gevent is there a limit to the wait."""
    try:
        with Timeout(seconds, ClientGone) if _GEVENT else nullcontext():
            piece: bytes = stream.read(size)
    except (
        OSError,
        EOFError,
        ValueError,
    ) as error:  # gunicorn's chunk errors are OSError; pywsgi's ValueError
        raise ClientGone from error
    return piece


def outgoing(connection: Connection, head: Head) -> Iterator[bytes]:
    """The answer's body in pieces as they come. Garbled or TimedOut where it breaks off."""
    if head.framing == "length":
        return _counted(connection, head.length)
    if head.framing == "chunked":
        return _chunks(connection)
    return iter(connection.read, b"") if head.framing == "close" else iter(())


def _counted(connection: Connection, left: int) -> Iterator[bytes]:
    while left > 0:
        piece = connection.read(min(left, CHUNK))
        if not piece:
            raise Garbled("it broke off in the body")
        left -= len(piece)
        yield piece


def _chunks(connection: Connection) -> Iterator[bytes]:
    """A chunked body (RFC 9112, section 7.1), decoded. Extensions and trailers are dropped."""
    while size := _size(connection.read_line()):
        yield from _counted(connection, size)
        if connection.read_line():
            raise Garbled("a chunk longer than it says")
    while connection.read_line():
        pass


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    try:
        if not digits or not all(c in b"0123456789abcdefABCDEF" for c in digits):
            raise ValueError
        return int(digits, 16)
    except ValueError:
        raise Garbled("an unreadable chunk size") from None


class Outgoing:
    """What WSGI iterates: the body, and what to do once it is through or given up."""

    __slots__ = ("_finish", "_pieces")

    def __init__(self, pieces: Iterator[bytes], finish: Callable[[bool], None]) -> None:
        self._pieces = pieces
        self._finish: Callable[[bool], None] | None = finish

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            self._end(True)
            raise
        except BaseException:
            self._end(False)
            raise

    def close(self) -> None:
        """Called by the server in any case; a body not read to its end takes its connection with it."""
        self._end(False)

    def _end(self, whole: bool) -> None:
        if self._finish is not None:
            finish, self._finish = self._finish, None
            finish(whole)
