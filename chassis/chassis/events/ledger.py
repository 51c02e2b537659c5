"""The relay's side of the outbox: which event has which position, and how far the broker has confirmed.

All on ONE connection that holds an advisory lock: whoever has the lock is the relay of this service, and when
the connection dies PostgreSQL rolls back and frees the lock together, so two relays never number at once.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, NamedTuple, Self

import psycopg

# Server-side keepalives: a relay whose machine vanished frees the lock in half a minute instead of two hours.
_OPTIONS = (
    "-c statement_timeout=20s -c lock_timeout=5s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5"
    " -c tcp_keepalives_count=3"
)
_CLAIM = """
    WITH head AS (
        SELECT id FROM outbox WHERE position IS NULL ORDER BY id LIMIT %(limit)s
    ), numbered AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place FROM head
    ), state AS (
        UPDATE relay_state
        SET assigned = assigned + (SELECT count(*) FROM head), published = %(published)s
        WHERE source = %(source)s AND EXISTS (SELECT FROM head)
        RETURNING assigned - (SELECT count(*) FROM head) AS base
    ), claimed AS (
        UPDATE outbox SET position = state.base + numbered.place
        FROM numbered, state WHERE outbox.id = numbered.id
        RETURNING outbox.position, outbox.event_id::text, outbox.type, outbox.body, outbox.traceparent
    )
    SELECT * FROM claimed ORDER BY position
"""
_UNCONFIRMED = """
    SELECT position, event_id::text, type, body, traceparent FROM outbox
    WHERE position > %s ORDER BY position LIMIT %s
"""
_BACKLOG = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float
    FROM (
        SELECT created_at FROM outbox WHERE position IS NULL
        UNION ALL
        SELECT created_at FROM outbox
        WHERE position > (SELECT coalesce(max(published), 0) FROM relay_state WHERE source = %s)
    ) AS unpublished
"""
# The oldest 5000 are looked at and no more: positions follow time, so what is behind them is younger.
_PRUNE_OUTBOX = """
    DELETE FROM outbox WHERE id IN (
        SELECT id FROM (
            SELECT id, created_at FROM outbox WHERE position <= %s ORDER BY position LIMIT 5000
        ) AS oldest
        WHERE created_at < clock_timestamp() - %s * interval '1 second'
    )
"""
_PRUNE_INBOX = """
    DELETE FROM inbox WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM inbox WHERE handled_at < clock_timestamp() - %s * interval '1 second' LIMIT 5000
    ))
"""


class Row(NamedTuple):
    """An event with its position, ready to be sent."""

    position: int
    event_id: str
    type: str
    body: str
    traceparent: str | None


@dataclass(frozen=True)
class Backlog:
    """What waits to be published: how many, and for how many seconds the oldest has."""

    events: int
    oldest: float


class Ledger:
    """Use as a context manager: opens the connection; `acquire()` makes this process the relay."""

    def __init__(self, database_url: str, service: str) -> None:
        self._url = database_url.replace("postgresql+psycopg://", "postgresql://")
        self._service = service
        self._source = f"/{service}"
        self._db: psycopg.Connection[Any]
        self.published = 0

    def __enter__(self) -> Self:
        self._db = psycopg.connect(
            self._url,
            autocommit=True,
            options=_OPTIONS,
            connect_timeout=5,
            application_name=f"quintet-{self._service}-relay",
        )
        self._db.prepare_threshold = 1
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None) -> None:
        self._db.close()

    def acquire(self) -> bool:
        """Become the relay of this service, unless another is."""
        key = f"relay:{self._service}"
        if not self._one("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)[0]:
            return False
        self._db.execute("INSERT INTO relay_state (source) VALUES (%s) ON CONFLICT DO NOTHING", (self._source,))
        self.published = self._one("SELECT published FROM relay_state WHERE source = %s", self._source)[0]
        self._db.execute("LISTEN outbox")
        return True

    def unconfirmed(self, after: int, limit: int) -> list[Row]:
        """Events that have a position beyond `after`: what a relay that died may or may not have sent."""
        return [Row(*row) for row in self._db.execute(_UNCONFIRMED, (after, limit))]

    def claim(self, limit: int) -> list[Row]:
        """Give the next events their positions, durably, and note how far all is published."""
        values = {"limit": limit, "published": self.published, "source": self._source}
        return [Row(*row) for row in self._db.execute(_CLAIM, values)]

    def save(self) -> None:
        """Note how far all is published."""
        self._db.execute("UPDATE relay_state SET published = %s WHERE source = %s", (self.published, self._source))

    def wait(self, seconds: float) -> bool:
        """Wait for a commit that wrote events; whether there was one."""
        return any(True for _ in self._db.notifies(timeout=seconds, stop_after=1))

    def backlog(self) -> Backlog:
        """What is not published yet."""
        return Backlog(*self._one(_BACKLOG, self._source))

    def prune(self, keep_outbox: float, keep_inbox: float) -> int:
        """Delete some of what was published or handled that many seconds ago; how many rows."""
        gone = self._db.execute(_PRUNE_OUTBOX, (self.published, keep_outbox)).rowcount
        return gone + self._db.execute(_PRUNE_INBOX, (keep_inbox,)).rowcount

    def _one(self, statement: str, *values: object) -> tuple[Any, ...]:
        row = self._db.execute(statement, values).fetchone()
        assert row is not None, "an aggregate always answers"
        return tuple(row)
