"""HTTP/1.1 towards a service, over a plain keep-alive socket.

Written out rather than taken from `http.client`, whose e-mail parser costs 110 us of CPU a request, a third of what
a whole proxied request may cost (ARCHITECTURE.md, "Speed"). It reads what RFC 9112 allows a server to send, and
refuses what is ambiguous.

    UpstreamError
    +- Unreachable   no connection could be made
    +- Stale         the other side had closed the connection before it answered anything
    +- TimedOut      nothing came in time
    +- Garbled       what came is not HTTP, or ended early
"""

from __future__ import annotations

import re
import select
import socket
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gevent.monkey import get_original

_poll = get_original("select", "poll")  # gevent's own would go through its loop for a look that never waits

CHUNK = 65536
MAX_HEAD = 65536
_END = b"\r\n\r\n"
_CONTROL = bytes({*range(32), 127} - {*b"\t\r\n"})
_SPECIAL = frozenset({"content-length", "transfer-encoding", "connection"})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2

Framing = Literal["none", "length", "chunked", "close"]


class UpstreamError(Exception):
    """The service could not be asked, or did not answer properly."""


class Unreachable(UpstreamError):
    """No connection could be made."""


class Stale(UpstreamError):
    """A kept connection turned out to be closed; nothing of an answer had come."""


class TimedOut(UpstreamError):
    """The service took too long."""


class Garbled(UpstreamError):
    """The answer is not HTTP/1.1, or broke off."""


@dataclass(slots=True)
class Head:
    """Status line and header fields of an answer, and how its body is delimited."""

    status: int
    status_line: str
    headers: list[tuple[str, str]]
    framing: Framing
    length: int
    keep: bool


class Connection:
    """One connection to a service. For one request at a time."""

    __slots__ = ("_buffer", "_sock", "used")

    def __init__(self, host: str, port: int, *, connect_timeout: float, timeout: float) -> None:
        try:
            self._sock = socket.create_connection((host, port), connect_timeout)
        except OSError as error:
            raise Unreachable(str(error)) from error
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock.settimeout(timeout)
        self._buffer = b""
        self.used = False

    def close(self) -> None:
        """Close the socket; harmless when it is closed already."""
        self._sock.close()

    def is_readable(self) -> bool:
        """Whether something waits to be read: on an idle connection that is its end, or an answer nobody asked for."""
        poll = _poll()
        poll.register(self._sock.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    def send(self, data: bytes) -> None:
        """Send all of `data`. Stale where the other side is gone."""
        try:
            self._sock.sendall(data)
        except TimeoutError as error:
            raise TimedOut("it does not take the request") from error
        except OSError as error:
            raise Stale(str(error)) from error

    def read_head(self, method: str) -> Head:
        """The head of the answer to a `method` request; interim answers (1xx) are passed over."""
        while True:
            head = parse_head(self._read_until_end_of_head(), method)
            if head.status >= 200:
                self.used = True
                return head

    def read(self, most: int = CHUNK) -> bytes:
        """Up to `most` bytes of what has come, waiting for at least one; empty at the end of the stream."""
        if self._buffer:
            taken, self._buffer = self._buffer[:most], self._buffer[most:]
            return taken
        return self._receive(most)

    def read_line(self) -> bytes:
        """One line without its CRLF (chunk sizes and trailers)."""
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > MAX_HEAD:
                raise Garbled("a line without end")
            self._buffer += self._receive_some()
        line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
        return line

    def _read_until_end_of_head(self) -> bytes:
        data = self._buffer
        while (end := data.find(_END)) < 0:
            if len(data) > MAX_HEAD:
                raise Garbled("a head without end")
            more = self._receive(CHUNK, begun=bool(data))
            if not more:
                raise Garbled("it broke off in the head") if data else Stale("closed before it answered")
            data = data + more if data else more
        self._buffer = data[end + 4 :]
        return data[:end]

    def _receive(self, most: int, *, begun: bool = True) -> bytes:
        try:
            return self._sock.recv(most)
        except TimeoutError as error:
            raise TimedOut("it did not answer in time") from error
        except OSError as error:
            raise (Garbled if begun else Stale)(str(error)) from error

    def _receive_some(self) -> bytes:
        more = self._receive(CHUNK)
        if not more:
            raise Garbled("it broke off in the body")
        return more


def parse_head(data: bytes, method: str) -> Head:
    """The head in `data` (without the empty line). Garbled where it is malformed or its framing is ambiguous."""
    lines = data.decode("latin-1").split("\r\n")
    breaks = len(lines) - 1
    if len(data.translate(None, _CONTROL)) != len(data):
        raise Garbled("control characters in the head")
    if data.count(b"\r") != breaks or data.count(b"\n") != breaks:
        raise Garbled("a line break by halves")
    version, _, status_line = lines[0].partition(" ")
    code = status_line[:3]
    if version not in ("HTTP/1.1", "HTTP/1.0") or not (len(code) == 3 and code.isascii() and code.isdigit()):
        raise Garbled("it does not speak HTTP/1.1")
    status = int(code)
    headers: list[tuple[str, str]] = []
    length, coding, keep = -1, "", version == "HTTP/1.1"
    for line in lines[1:]:
        field, special = _field(line)
        headers.append(field)
        if special == "content-length":
            length = _length(field[1], length)
        elif special == "transfer-encoding":
            coding = field[1].lower()
        elif special == "connection" and "close" in field[1].lower():
            keep = False
    framing = _framing(method, status, length, coding)
    return Head(status, status_line, headers, framing, max(length, 0), keep and framing != "close")


@lru_cache(maxsize=2048)  # most fields of a service are the same in each of its answers
def _field(line: str) -> tuple[tuple[str, str], str]:
    """Name and value of a header field; its name in lower case if the framing depends on it."""
    name, colon, value = line.partition(":")
    if not colon or not _TOKEN.fullmatch(name):
        raise Garbled("a malformed header field")
    lower = name.lower()
    return (name, value.strip(" \t")), lower if lower in _SPECIAL else ""


def _length(value: str, before: int) -> int:
    if not (value.isascii() and value.isdigit()) or (before >= 0 and int(value) != before):
        raise Garbled("an unusable Content-Length")
    return int(value)


def _framing(method: str, status: int, length: int, coding: str) -> Framing:
    """How the body ends (RFC 9112, section 6.3)."""
    if method == "HEAD" or status in (204, 304) or status < 200:
        return "none"
    if coding:
        if coding != "chunked" or length >= 0:
            raise Garbled("ambiguous framing")
        return "chunked"
    return "length" if length >= 0 else "close"
