"""The nameko extension that takes deliveries from the inbox queue: ONE consumer per worker, raw bodies, in order."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import eventlet
from kombu.connection import Connection
from kombu.entity import Queue
from nameko.extensions import Entrypoint
from nameko.messaging import QueueConsumer

from chassis.events.topology import Topology, declare

PREFETCH = 100


class InboxConsumer(QueueConsumer):
    """nameko's consumer, with the topology declared at every connection and bodies left as they came.

    nameko would decode the body, and acknowledge (lose) what it cannot decode.
    """

    prefetch_count = PREFETCH

    @contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        """As kombu does, but back within 3 s of the broker's return instead of up to 30."""
        with self.create_connection() as connection:
            connection.ensure_connection(self.on_connection_error, None, 0.2, 0.5, 3)
            yield connection

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        for provider in self._providers:
            declare(provider.topology, channel)
            queue = Queue(provider.queue, no_declare=True)
            consumer = consumer_cls(queues=[queue], on_message=provider.receive)
            consumer.qos(prefetch_count=self.prefetch_count)
            self._consumers[provider] = consumer
            provider.connected()
        return self._consumers.values()

    def on_connection_error(self, exc: Exception, interval: float) -> None:  # noqa: ARG002
        for provider in self._providers:
            provider.disconnected(exc)

    def on_decode_error(self, message: Any, exc: Exception) -> None:  # noqa: ARG002
        """A message whose headers promise a compression that its body does not hold: parked like all nonsense."""
        for provider in self._providers:
            provider.receive(message)


class Inbox(Entrypoint):
    """Puts deliveries in line and has the decorated method work them off, one method call at a time.

    The method gets the line (a deque of kombu messages) and takes what it handles from the left.
    """

    consumer = InboxConsumer()

    def __init__(self, **options: Any) -> None:
        self._line: deque[Any] = deque()
        self._busy = False
        super().__init__(**options)

    @property
    def queue(self) -> str:
        return str(self.container.config["queue"])

    @property
    def topology(self) -> Topology:
        topology: Topology = self.container.config["topology"]
        return topology

    def setup(self) -> None:
        self.consumer.register_provider(self)

    def stop(self) -> None:
        """Let the delivery at hand end; what is still in line goes back to the broker."""
        self._line.clear()
        self.container.config["state"].stopping = True
        while self._busy:
            eventlet.sleep(0.01)
        self.consumer.unregister_provider(self)

    def connected(self) -> None:
        self.container.config["state"].broker = None

    def disconnected(self, error: Exception) -> None:
        self.container.config["state"].broker = f"cannot reach the broker: {error}"

    def receive(self, message: Any) -> None:
        if self.container.config["state"].stopping:
            return
        self._line.append(message)
        if not self._busy:
            self._work()

    def _work(self) -> None:
        self._busy = True
        self.container.spawn_worker(self, (self._line,), {}, handle_result=self._worked_off)

    def _worked_off(self, _context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        self._busy = False
        if self._line and exc_info is None:
            self._work()
        if exc_info is not None:
            # Every failure of a handler is dealt with before: this is a fault of the chassis. Better to end and be
            # started again, with all that is unacknowledged back in the queue, than to go on half dead.
            raise exc_info[1]
        return result, exc_info
