"""Putting a copy of a delivery elsewhere, confirmed by the broker, before the delivery is acknowledged."""

from typing import Any

import amqp
from amqp.exceptions import AMQPError
from kombu.connection import Connection
from kombu.exceptions import OperationalError

PREFIX = "quintet-"
ATTEMPTS, FIRST_FAILED, FAILED, KIND, WHY = (
    PREFIX + name for name in ("attempts", "first-failed", "failed", "kind", "why")
)


class NotParked(Exception):
    """The broker did not confirm the copy; the delivery must not be acknowledged."""


class Parking:
    """A connection of its own, opened when it is first needed: the one that consumes must not wait for confirms."""

    def __init__(self, amqp_url: str) -> None:
        self._url = amqp_url
        self._connection: Any = None
        self._channel: Any = None

    def put(self, queue: str, body: bytes | str, properties: dict[str, Any]) -> None:
        """Publish to a queue by its name, persistent, mandatory and confirmed; NotParked otherwise."""
        message = amqp.Message(body, **{**properties, "delivery_mode": 2})
        try:
            self._open().basic_publish_confirm(message, routing_key=queue, mandatory=True, confirm_timeout=10)
        except (AMQPError, OperationalError, OSError) as error:
            # A late confirm must not be taken for that of the next message: begin anew.
            self.close()
            raise NotParked(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Close the connection; `put` opens another."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            connection.release()

    def _open(self) -> Any:
        if self._channel is None or not self._channel.is_open:
            self.close()
            self._connection = Connection(self._url, connect_timeout=5)
            self._connection.connect()
            self._channel = self._connection.channel()
        return self._channel


def kept_properties(properties: dict[str, Any], headers: dict[str, Any] | None) -> dict[str, Any]:
    """What of a message's properties a copy keeps: its own headers, not the broker's notes about its travels."""
    kept: dict[str, Any] = {
        name: properties[name] for name in ("content_type", "content_encoding", "message_id") if name in properties
    }
    own = {name: value for name, value in (headers or {}).items() if not name.startswith("x-")}
    return {**kept, "application_headers": own}
