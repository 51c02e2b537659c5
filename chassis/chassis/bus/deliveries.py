"""What a worker does with a delivery: handle it once, or put it where its failure says, and only then acknowledge.

acknowledged        handled and committed; a duplicate; not heard here; a copy confirmed in the retry or dead queue
not acknowledged    everything else: the broker delivers it again
"""

import logging
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

import eventlet
from amqp.exceptions import AMQPError
from prometheus_client import Counter, Histogram
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bus.parking import ATTEMPTS, FAILED, FIRST_FAILED, KIND, WHY, NotParked, Parking, kept_properties
from chassis.bus.subscriptions import Subscriptions
from chassis.db import Database
from chassis.errors import Malformed
from chassis.events.backoff import Backoff
from chassis.events.envelope import Event
from chassis.events.failures import Failure, classify, delay_for, describe
from chassis.events.inbox import Handler, process_batch
from chassis.events.topology import dead_queue, retry_queue

log = logging.getLogger(__name__)

EVENTS = Counter("quintet_inbox_events_total", "Deliveries, by what became of them", ["service", "type", "result"])
SECONDS = Histogram("quintet_inbox_transaction_seconds", "Time to handle one event or batch", ["service"])
LAG = Histogram(
    "quintet_inbox_lag_seconds",
    "From the event to its being handled",
    ["service"],
    buckets=(0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600),
)


class Stopping(Exception):
    """The process is to end; what is not settled goes back to the broker."""


class State:
    """How the worker is: None where all is well, else what is wrong."""

    def __init__(self) -> None:
        self.broker: str | None = "not connected yet"
        self.database: str | None = None
        self.started = False
        self.stopping = False


class Deliveries:
    """Works off deliveries for one worker class."""

    def __init__(
        self,
        worker: type[Any],
        database: Database,
        amqp_url: str,
        retry_delays: tuple[float, ...],
        state: State,
    ) -> None:
        self._worker = worker
        self._service = database.service
        self._subscriptions = Subscriptions(worker)
        self._database = database
        self._parking = Parking(amqp_url)
        self._delays = retry_delays
        self._state = state

    def work_off(self, line: deque[Any]) -> None:
        """Take deliveries (kombu messages) from the left of the line until it is empty or the process is to stop."""
        try:
            while line and not self._state.stopping:
                batch = [line.popleft() for _ in range(min(len(line), self._worker.batch))]
                batch = [message for message in batch if message.channel.connection]
                if len(batch) < 2 or not self._handle_together(batch):
                    for message in batch:
                        self._settle(message)
                eventlet.sleep(0)  # let heartbeats and new deliveries through
        except Stopping:
            log.info("stopped with a delivery unsettled; the broker delivers it again")

    def close(self) -> None:
        """Close the connection for copies."""
        self._parking.close()

    def _handle_together(self, batch: list[Any]) -> bool:
        """Handle all in one transaction and acknowledge all; False, with nothing done, where any has to go alone."""
        try:
            deliveries = [self._route(_body(message)) for message in batch]
            known = [(event, handler) for event, handler in deliveries if handler]
            if len(known) < len(batch) or any(self._subscriptions.alone(event) for event, _ in known):
                return False
            self._process(known)
        except Exception as error:
            log.info("a batch failed and is handled one by one", extra={"why": describe(error)})
            return False
        _acknowledge(batch[-1], multiple=True)
        return True

    def _settle(self, message: Any) -> None:
        """Handle one delivery, or park it, and acknowledge it."""
        if not message.channel.connection:
            return  # the connection it came on is gone, and the broker delivers it again
        event: Event | None = None
        try:
            event, handler = self._route(_body(message))
            if handler:
                self._handle(event, handler)
            else:
                EVENTS.labels(self._service.name, event.type, "ignored").inc()
        except Stopping:
            raise
        except Exception as error:
            self._park(message, event, error)
        _acknowledge(message)

    def _route(self, body: bytes | str) -> tuple[Event, Handler | None]:
        event = Event.from_json(body)
        return event, self._subscriptions.handler(event)

    def _handle(self, event: Event, handler: Handler) -> None:
        """Handle one event, however long the database is away. Raises what the handler raises."""
        backoff = Backoff()
        while True:
            try:
                self._process([(event, handler)])
            except Exception as error:
                if classify(error) is not Failure.UNREACHABLE:
                    raise
                self._state.database = describe(error)
                log.warning("holding events until the database is back", extra={"why": describe(error)})
                self._pause(backoff.next())
            else:
                self._state.database = None
                return

    def _process(self, deliveries: list[tuple[Event, Handler]]) -> None:
        name = self._service.name
        with SECONDS.labels(name).time():
            new = process_batch(self._database, name, [(event, in_turn(handler)) for event, handler in deliveries])
        for event, _ in deliveries:
            EVENTS.labels(name, event.type, "handled").inc()
            LAG.labels(name).observe(max(0.0, (clock.now() - event.time).total_seconds()))
        if new < len(deliveries):
            log.info("skipped what was handled before", extra={"events": len(deliveries) - new})

    def _park(self, message: Any, event: Event | None, error: Exception) -> None:
        """Put a copy where the failure says; returns once the broker has confirmed it, or the delivery is void."""
        failure, headers = classify(error), message.headers or {}
        attempts = _whole(headers.get(ATTEMPTS)) + 1
        first = _instant(headers.get(FIRST_FAILED))
        delay = delay_for(failure, attempts, (datetime.now(UTC) - first).total_seconds(), self._delays)
        queue = dead_queue(self._service.inbox) if delay is None else retry_queue(self._service.inbox, delay)
        properties = kept_properties(message.properties, headers)
        properties["application_headers"] |= {
            ATTEMPTS: attempts,
            FIRST_FAILED: first.isoformat(),
            FAILED: datetime.now(UTC).isoformat(),
            KIND: failure.value,
            WHY: describe(error)[:500],
        }
        type_, id_ = (event.type, str(event.id)) if event else ("?", None)
        EVENTS.labels(self._service.name, type_, "dead" if delay is None else "retried").inc()
        log.log(
            logging.ERROR if delay is None else logging.WARNING,
            "an event could not be handled",
            extra={"type": type_, "event_id": id_, "why": describe(error), "attempts": attempts, "to": queue},
        )
        self._put(queue, message, properties)

    def _put(self, queue: str, message: Any, properties: dict[str, Any]) -> None:
        backoff = Backoff(0.5, 10)
        while message.channel.connection:
            try:
                self._parking.put(queue, _raw(message), properties)
                return
            except NotParked as refused:
                log.warning("the broker does not take a copy", extra={"queue": queue, "why": str(refused)})
                self._pause(backoff.next())

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._state.stopping:
                raise Stopping
            eventlet.sleep(0.05)


def in_turn(handler: Handler) -> Handler:
    """The handler, after which heartbeats and probes have a turn: some take seconds of Python, and there may be a
    hundred in a batch."""

    def run(event: Event, session: Session) -> None:
        handler(event, session)
        eventlet.sleep(0)

    return run


def _body(message: Any) -> bytes | str:
    if message.errors:
        raise Malformed("The body is not what its headers say.")
    return _raw(message)


def _raw(message: Any) -> bytes | str:
    body = message.body
    return body if isinstance(body, bytes | str) else bytes(body)


def _acknowledge(message: Any, *, multiple: bool = False) -> None:
    """Acknowledge a delivery (and, with `multiple`, all before it) unless the connection it came on is gone."""
    if message.channel.connection:
        try:
            message.channel.basic_ack(message.delivery_tag, multiple=multiple)
        except (AMQPError, OSError):
            log.info("the connection broke before an acknowledgement; the broker delivers again")


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _instant(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return datetime.now(UTC)
