"""The relay: takes events from the outbox to RabbitMQ. At least once, in order, with dense positions.

    wait for NOTIFY (or 1 s) -> give the next events their positions, committed -> publish, confirmed -> go on

What was not confirmed when a relay died has its position already and is sent again under the same one: consumers
see a duplicate, never a hole. One relay works, others of the same service stand by.
"""

import logging
import threading
import time

import psycopg
from amqp.exceptions import AMQPError
from kombu.exceptions import OperationalError
from prometheus_client import Counter, Gauge, Histogram

from chassis.events.backoff import Backoff
from chassis.events.envelope import CONTENT_TYPE
from chassis.events.ledger import Ledger, Row
from chassis.events.publisher import Outgoing, Publisher, PublisherLost
from chassis.events.topology import connected, declare, outbox_exchange, publishing
from chassis.service import Service

log = logging.getLogger(__name__)

BATCH = 500
COALESCE = 0.008  # the least time from one batch to the next: under load events travel together
SWEEP = 1.0
KEEP_OUTBOX = 24 * 3600.0
KEEP_INBOX = 30 * 24 * 3600.0

PUBLISHED = Counter("quintet_outbox_published_total", "Events confirmed by the broker", ["service"])
REFUSED = Counter("quintet_outbox_refused_total", "Events the broker did not take; they are sent again", ["service"])
BACKLOG = Gauge("quintet_outbox_backlog_events", "Events not published yet", ["service"])
OLDEST = Gauge("quintet_outbox_oldest_seconds", "Age of the oldest event not published yet", ["service"])
LEADING = Gauge("quintet_outbox_relay_leading", "1 where this relay works, 0 where it stands by", ["service"])
BATCHES = Histogram("outbox_batch_events", "Events per batch", ["service"], buckets=(1, 2, 5, 10, 50, 200, 500))

_LOST = (psycopg.Error, PublisherLost, AMQPError, OperationalError, OSError)


class Relay:
    """The relay of one service. `run()` returns only after `stop()`."""

    def __init__(
        self,
        service: Service,
        database_url: str,
        amqp_url: str,
        *,
        stream_max_age: str = "30D",
        batch: int = BATCH,
    ) -> None:
        self._service = service
        self._database_url = database_url
        self._amqp_url = amqp_url
        self._topology = publishing(service.name, stream_max_age)
        self._batch = batch
        self._stopping = threading.Event()
        self._next_chore = 0.0
        self.problem: str | None = "starting"

    def stop(self) -> None:
        """Finish the batch at hand and return from `run()`. May be called from a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop()`, through every restart of the broker and of the database."""
        backoff = Backoff()
        while not self._stopping.is_set():
            try:
                with Ledger(self._database_url, self._service.name) as ledger:
                    self._lead(ledger, backoff)
            except _LOST as error:
                self.problem = f"{type(error).__name__}: {error}".strip()
                pause = backoff.next()
                log.warning("the relay lost its broker or database", extra={"why": self.problem, "pause": pause})
                self._stopping.wait(pause)
            finally:
                LEADING.labels(self._service.name).set(0)

    def _lead(self, ledger: Ledger, backoff: Backoff) -> None:
        while not ledger.acquire():
            self.problem = None  # standing by is doing well
            if self._stopping.wait(SWEEP / 2):
                return
        self._declare()
        with Publisher(self._amqp_url, outbox_exchange(self._service.name), CONTENT_TYPE) as publisher:
            LEADING.labels(self._service.name).set(1)
            log.info("relaying", extra={"service": self._service.name, "published": ledger.published})
            self._recover(ledger, publisher)
            self.problem = None
            backoff.reset()
            self._relay(ledger, publisher)

    def _recover(self, ledger: Ledger, publisher: Publisher) -> None:
        while not self._stopping.is_set():
            rows = ledger.unconfirmed(ledger.published, self._batch)
            if not rows:
                return
            log.info("sending again what was never confirmed", extra={"events": len(rows)})
            self._send(rows, ledger, publisher)
            ledger.save()

    def _relay(self, ledger: Ledger, publisher: Publisher) -> None:
        saved = ledger.published
        while not self._stopping.is_set():
            began = time.monotonic()
            rows = ledger.claim(self._batch)
            if rows:
                saved = ledger.published
                self._send(rows, ledger, publisher)
                if len(rows) < self._batch:
                    self._stopping.wait(max(0.0, COALESCE - (time.monotonic() - began)))
            elif not ledger.wait(0.1 if ledger.published > saved else SWEEP) and ledger.published > saved:
                ledger.save()
                saved = ledger.published
            if publisher.lost:
                raise PublisherLost(publisher.lost)
            self._chores(ledger)
        ledger.save()

    def _send(self, rows: list[Row], ledger: Ledger, publisher: Publisher) -> None:
        """Publish until the broker has confirmed every one; raises when the connection breaks."""
        left, backoff = [_outgoing(row) for row in rows], Backoff(0.2)
        while left:
            refused = publisher.send(left)
            PUBLISHED.labels(self._service.name).inc(len(left) - len(refused))
            left = refused
            if left:
                REFUSED.labels(self._service.name).inc(len(left))
                self.problem = f"the broker refused {len(left)} events"
                log.warning("the broker did not take all events", extra={"events": len(left)})
                if self._stopping.wait(backoff.next()):
                    raise PublisherLost("stopped while the broker refused events")
                self._declare()
        self.problem = None
        BATCHES.labels(self._service.name).observe(len(rows))
        ledger.published = rows[-1].position

    def _declare(self) -> None:
        with connected(self._amqp_url) as channel:
            declare(self._topology, channel)

    def _chores(self, ledger: Ledger) -> None:
        if time.monotonic() < self._next_chore:
            return
        backlog = ledger.backlog()
        BACKLOG.labels(self._service.name).set(backlog.events)
        OLDEST.labels(self._service.name).set(backlog.oldest)
        full = ledger.prune(KEEP_OUTBOX, KEEP_INBOX) >= 5000
        self._next_chore = time.monotonic() + (0 if full else 5)


def _outgoing(row: Row) -> Outgoing:
    # The position is put in front of the stored text, which spares parsing and writing it again.
    body = f'{{"position":{row.position},{row.body[1:]}'.encode()
    headers = {"traceparent": row.traceparent} if row.traceparent else None
    return Outgoing(row.position, row.type, body, row.event_id, headers)
