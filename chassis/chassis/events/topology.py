"""What stands in RabbitMQ, as data, and the one function that declares it. Safe to declare again at any time.

    relay -> <service>.outbox (fanout) -+-> <service>.events (topic) -> <other>.inbox (quorum queue)
                                        |        '- nobody listens --> unrouted (quorum queue)
                                        '-> events (stream, replayable)

    <service>.inbox.retry.<delay>  (quorum, TTL, at-least-once dead-lettering) -> <service>.inbox
    <service>.inbox.dead           what no retry mended; also what killed its worker too often

The fanout stands in front because a stream bound to `<service>.events` would make every event routable, and
the alternate exchange would never see one. Arguments are chosen to be the same on RabbitMQ 3.10 and 4.x.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from amqp.exceptions import PreconditionFailed
from kombu.connection import Connection

STREAM = "events"
UNROUTED = "unrouted"
DEAD_SUFFIX = ".dead"
# A message that takes its worker down each time is parked after so many deliveries (4.x's default).
DELIVERY_LIMIT = 20
# Queues that people look into: reading a message and putting it back counts as a delivery, and from 4.0 on a quorum
# queue drops what was delivered 20 times unless told otherwise (3.10 does not know -1).
UNLIMITED = {"x-queue-type": "quorum", "x-delivery-limit": 2_000_000_000}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exchange:
    """A durable exchange."""

    name: str
    kind: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Queue:
    """A durable queue."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Binding:
    """`source` exchange -> `destination`, a queue or an exchange."""

    source: str
    destination: str
    key: str = ""
    to_exchange: bool = False


@dataclass(frozen=True)
class Topology:
    """Everything that one side needs to stand."""

    exchanges: tuple[Exchange, ...] = ()
    queues: tuple[Queue, ...] = ()
    bindings: tuple[Binding, ...] = ()

    def __add__(self, other: "Topology") -> "Topology":
        return Topology(
            self.exchanges + tuple(e for e in other.exchanges if e not in self.exchanges),
            self.queues + tuple(q for q in other.queues if q not in self.queues),
            self.bindings + tuple(b for b in other.bindings if b not in self.bindings),
        )


def outbox_exchange(service: str) -> str:
    """Where the relay of `service` publishes."""
    return f"{service}.outbox"


def events_exchange(service: str) -> str:
    """Where the events of `service` are subscribed to: the name that nameko uses."""
    return f"{service}.events"


def retry_queue(inbox: str, delay: float) -> str:
    """`sales.inbox.retry.10s`; `.retry.200ms`. The delay is in the name: a queue keeps its TTL."""
    milliseconds = round(delay * 1000)
    spelled = f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"
    return f"{inbox}.retry.{spelled}"


def dead_queue(inbox: str) -> str:
    """Where the dead letters of an inbox lie."""
    return inbox + DEAD_SUFFIX


def publishing(service: str, stream_max_age: str = "30D") -> Topology:
    """What a publisher needs. Consumers declare it too, so that neither has to be first."""
    front, topic = outbox_exchange(service), events_exchange(service)
    stream = {
        "x-queue-type": "stream",
        "x-max-age": stream_max_age,
        "x-stream-max-segment-size-bytes": 50_000_000,
    }
    return Topology(
        exchanges=(
            Exchange(UNROUTED, "fanout"),
            Exchange(topic, "topic", {"alternate-exchange": UNROUTED}),
            Exchange(front, "fanout"),
        ),
        queues=(Queue(UNROUTED, UNLIMITED), Queue(STREAM, stream)),
        bindings=(
            Binding(UNROUTED, UNROUTED),
            Binding(front, STREAM),
            Binding(front, topic, to_exchange=True),
        ),
    )


def consuming(
    inbox: str,
    heard: Iterable[tuple[str, str]],
    retry_delays: Iterable[float],
    stream_max_age: str = "30D",
) -> Topology:
    """What a consumer needs: its inbox bound to each `(service, routing key)` heard, retries, dead letters."""
    heard = list(heard)
    whole = Topology(queues=_inbox_queues(inbox, retry_delays))
    for service in dict.fromkeys(service for service, _ in heard):
        whole += publishing(service, stream_max_age)
    return whole + Topology(bindings=tuple(Binding(events_exchange(s), inbox, key) for s, key in heard))


@contextmanager
def connected(amqp_url: str) -> Iterator[Any]:
    """A py-amqp channel on a connection of its own, for a short piece of work. One attempt, 5 s."""
    connection = Connection(amqp_url, connect_timeout=5)
    try:
        connection.connect()
        yield connection.channel()
    finally:
        connection.release()


def declare(topology: Topology, channel: Any) -> None:
    """Declare all of it on an open py-amqp channel.

    What exists with other arguments stays as it is, with a warning: a restart changes nothing there.
    """
    for exchange in topology.exchanges:
        _declare(
            channel,
            exchange.name,
            lambda one, passive, e=exchange: one.exchange_declare(
                e.name, e.kind, durable=True, auto_delete=False, passive=passive, arguments=e.arguments
            ),
        )
    for queue in topology.queues:
        _declare(
            channel,
            queue.name,
            lambda one, passive, q=queue: one.queue_declare(
                q.name, durable=True, auto_delete=False, passive=passive, arguments=q.arguments
            ),
        )
    for binding in topology.bindings:
        if binding.to_exchange:
            channel.exchange_bind(binding.destination, binding.source, binding.key)
        else:
            channel.queue_bind(binding.destination, binding.source, binding.key)


def _declare(channel: Any, name: str, declaration: Any) -> None:
    # A refusal closes the channel it came on, so each declaration has one to lose.
    with channel.connection.channel() as own:
        try:
            declaration(own, False)
        except PreconditionFailed as refused:
            log.warning("%s stands with other arguments and is left as it is", name, extra={"why": refused.reply_text})


def _inbox_queues(inbox: str, retry_delays: Iterable[float]) -> tuple[Queue, ...]:
    dead = dead_queue(inbox)
    # At least once: a letter leaves its queue only when the next one has it. It needs reject-publish (3.10+).
    handed_on = {
        "x-queue-type": "quorum",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    main = {
        **handed_on,
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead,
    }
    retries = (
        Queue(
            retry_queue(inbox, delay),
            {
                **handed_on,
                "x-message-ttl": round(delay * 1000),
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": inbox,
            },
        )
        for delay in dict.fromkeys(retry_delays)
    )
    return (Queue(dead, UNLIMITED), Queue(inbox, main), *retries)
