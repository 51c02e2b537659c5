"""A service as the gateway sees it: an address, kept connections, and a bulkhead."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import urlsplit

from gateway.edge.wire import Connection, UpstreamError

KEPT = 64


class Saturated(UpstreamError):
    """As many requests are under way to this service as the gateway allows."""


@dataclass(frozen=True)
class Limits:
    """Seconds and counts that guard one upstream."""

    connect_timeout: float = 2.0
    timeout: float = 30.0
    concurrent: int = 256


@dataclass
class Upstream:
    """One service behind the gateway. `concurrent` bounds what one slow service can take of the gateway."""

    name: str
    url: str
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"the address of {self.name} must be http://host:port, not {self.url}")
        self.host, self.port = parts.hostname, parts.port or 80
        self.authority = parts.netloc.rpartition("@")[2]
        self.under_way = 0
        self._counting = Lock()
        self._idle: deque[Connection] = deque()

    def enter(self) -> None:
        """Count a request in; Saturated at the limit. Each `enter` needs one `leave`."""
        with self._counting:
            if self.under_way >= self.limits.concurrent:
                raise Saturated(f"{self.name} has {self.under_way} requests under way")
            self.under_way += 1

    def leave(self) -> None:
        """Count a request out."""
        with self._counting:
            self.under_way -= 1

    def connection(self) -> Connection:
        """A kept connection that is still open, or a new one. Unreachable where there is none to be had."""
        while True:
            try:
                kept = self._idle.pop()
            except IndexError:
                return self.new_connection()
            if not kept.is_readable():
                return kept
            kept.close()

    def new_connection(self) -> Connection:
        """A connection made now."""
        return Connection(
            self.host, self.port, connect_timeout=self.limits.connect_timeout, timeout=self.limits.timeout
        )

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose answer was read to its end."""
        if len(self._idle) < KEPT:
            self._idle.append(connection)
        else:
            connection.close()
