"""Dead letters: what no retry mended, and what nobody listened to. Seen, and put back, by people.

    python -m chassis dead list   <service>        what lies there: id, type, subject, when, why, how many attempts
    python -m chassis dead show   <service> <id>   one letter, without what names a person (--personal shows that too)
    python -m chassis dead replay <service> [id]   put one, or all, back to the service's inbox for a fresh round

`unrouted` in the place of a service names the queue of events that nobody listened to when they were published; its
replay publishes them again, to whoever listens now.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import amqp
from amqp.exceptions import NotFound

from chassis.errors import Malformed
from chassis.events.envelope import Event
from chassis.events.topology import UNROUTED, connected, dead_queue, events_exchange

DEFAULT_AMQP = "amqp://guest:guest@127.0.0.1:5672/"
_PREFIX = "quintet-"


@dataclass(frozen=True)
class Letter:
    """A dead letter. `id` is the event's; `?<number>` where the body is no event."""

    id: str
    type: str
    subject: str
    source: str
    kind: str
    why: str
    attempts: int
    first_failed: str | None
    failed: str | None
    body: str

    @property
    def since(self) -> datetime | None:
        """Since when it lies here: when it failed for the last time, else when the event was sent; None if neither is
        known."""
        try:
            return datetime.fromisoformat(self.failed) if self.failed else Event.from_json(self.body).time
        except (Malformed, ValueError):
            return None

    def summary(self) -> dict[str, Any]:
        """All but the body: nothing personal."""
        return {name: value for name, value in asdict(self).items() if name != "body"}

    def shown(self, *, personal: bool = False) -> dict[str, Any]:
        """The summary and the event; without what names a person unless asked.

        Of a body that is no event nothing is shown unless asked: nobody can say what in it names a person.
        """
        try:
            event = Event.from_json(self.body)
        except Malformed:
            return self.summary() | ({"body": self.body} if personal else {"bytes": len(self.body.encode())})
        return self.summary() | {"event": (event if personal else event.without_personal()).to_dict()}


class DeadLetters:
    """The dead letters of one queue. Nothing is taken from it unless the broker has confirmed it elsewhere."""

    def __init__(self, amqp_url: str, service: str) -> None:
        self._url = amqp_url
        self._queue = UNROUTED if service == UNROUTED else dead_queue(f"{service}.inbox")
        self._inbox = None if service == UNROUTED else f"{service}.inbox"

    def list(self, limit: int = 1000) -> list[Letter]:
        """The oldest letters; they stay where they are."""
        with self._reading(limit) as letters:
            return [letter for letter, _, _ in letters]

    def find(self, id_: str) -> Letter:
        """The letter with this id. LookupError where there is none."""
        for letter in self.list():
            if letter.id == id_:
                return letter
        raise LookupError(f"{self._queue} holds no letter {id_}")

    def replay(self, id_: str | None = None, limit: int = 100_000) -> int:
        """Put one letter, or all that lie there now, back; how many. LookupError where `id_` is not there.

        Each is taken away only once the broker has confirmed the copy; it begins with no attempts counted.
        """
        replayed = 0
        with self._reading(limit) as letters:
            for letter, message, channel in letters:
                if id_ is None or letter.id == id_:
                    self._put_back(message, channel)
                    channel.basic_ack(message.delivery_tag)
                    replayed += 1
        if id_ is not None and not replayed:
            raise LookupError(f"{self._queue} holds no letter {id_}")
        return replayed

    def drop(self, before: datetime, limit: int = 10_000) -> int:
        """Throw away the letters that were put here before then, at most `limit`; how many. They lie in their order:
        the first that is younger ends it, and stays."""
        dropped = 0
        with self._reading(limit) as letters:
            for letter, message, channel in letters:
                if letter.since and letter.since >= before:
                    break
                if letter.since:
                    channel.basic_ack(message.delivery_tag)
                    dropped += 1
        return dropped

    def _put_back(self, message: Any, channel: Any) -> None:
        headers = message.headers or {}
        own = {n: v for n, v in headers.items() if not n.startswith(("x-", _PREFIX))}
        kept = {n: message.properties[n] for n in ("content_type", "message_id") if n in message.properties}
        copy = amqp.Message(message.body, application_headers=own, delivery_mode=2, **kept)
        if self._inbox:
            target = {"exchange": "", "routing_key": self._inbox}
        else:
            # Behind the fanout, where it went the first time: the stream has it already.
            exchange = events_exchange(message.delivery_info["exchange"].rpartition(".")[0])
            target = {"exchange": exchange, "routing_key": message.delivery_info["routing_key"]}
        with channel.connection.channel() as own_channel:
            own_channel.basic_publish_confirm(copy, mandatory=True, confirm_timeout=10, **target)

    @contextmanager
    def _reading(self, limit: int) -> Iterator[Iterator[tuple[Letter, Any, Any]]]:
        """Letters one by one, held until the block ends; those not acknowledged go back to their places."""
        with connected(self._url) as channel:
            yield self._get(channel, limit)

    def _get(self, channel: Any, limit: int) -> Iterator[tuple[Letter, Any, Any]]:
        try:
            waiting = channel.queue_declare(self._queue, passive=True).message_count
        except NotFound:
            return  # a service that never ran has no dead letters
        for number in range(1, min(waiting, limit) + 1):
            message = channel.basic_get(self._queue)
            if message is None:
                return
            yield _letter(message, number), message, channel


def main(words: list[str]) -> int:
    """The command; prints one JSON object per line. 1 where there is no such letter."""
    parser = argparse.ArgumentParser(prog="python -m chassis dead", description=__doc__)
    parser.add_argument("verb", choices=("list", "show", "replay"))
    parser.add_argument("service")
    parser.add_argument("id", nargs="?")
    parser.add_argument("--personal", action="store_true", help="show what names a person, too")
    asked = parser.parse_args(words)
    letters = DeadLetters(os.environ.get("AMQP_URL", DEFAULT_AMQP), asked.service)
    try:
        for line in _answer(letters, asked):
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    except LookupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _answer(letters: DeadLetters, asked: argparse.Namespace) -> list[dict[str, Any]]:
    if asked.verb == "replay":
        return [{"replayed": letters.replay(asked.id)}]
    if asked.id:
        return [letters.find(asked.id).shown(personal=asked.personal)]
    found = letters.list()
    return [letter.summary() if asked.verb == "list" else letter.shown(personal=asked.personal) for letter in found]


def _letter(message: Any, number: int) -> Letter:
    headers = message.headers or {}
    body = message.body if isinstance(message.body, str) else bytes(message.body).decode("utf-8", "replace")
    try:
        event = Event.from_json(body)
        id_, type_, subject, source = str(event.id), event.wire_type, event.subject, event.source
    except Malformed:
        id_, type_, subject, source = _id_of(message, number), "?", "?", "?"
    by_broker = headers.get("x-first-death-reason") or ("unrouted" if not headers.get(_PREFIX + "kind") else None)
    return Letter(
        id=id_,
        type=type_,
        subject=subject,
        source=source,
        kind=headers.get(_PREFIX + "kind") or str(by_broker),
        why=headers.get(_PREFIX + "why") or _REASONS.get(str(by_broker), "put here by the broker"),
        attempts=headers.get(_PREFIX + "attempts", 0),
        first_failed=headers.get(_PREFIX + "first-failed"),
        failed=headers.get(_PREFIX + "failed"),
        body=body,
    )


_REASONS = {
    "delivery_limit": "its worker died each time it was delivered",
    "unrouted": "nobody listened when it was published",
}


def _id_of(message: Any, number: int) -> str:
    """The message id where the publisher gave one (as the relay does), else its place in the queue."""
    try:
        return str(UUID(message.properties.get("message_id", "")))
    except ValueError:
        return f"?{number}"
