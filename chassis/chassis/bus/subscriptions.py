"""Which method of a worker hears which event."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from chassis.errors import Malformed
from chassis.events.envelope import Event, wire_type
from chassis.events.inbox import Handler

F = TypeVar("F", bound=Callable[..., None])
_ATTRIBUTE = "__hears__"


@dataclass(frozen=True)
class Heard:
    """One type of event (or a topic pattern, which stands for every version) of one publishing service; one that goes
    `alone` shares its transaction with no other."""

    service: str
    type: str
    version: int
    alone: bool = False

    @property
    def is_pattern(self) -> bool:
        return "*" in self.type or "#" in self.type

    @property
    def routing_key(self) -> str:
        return self.type if self.is_pattern else wire_type(self.type, self.version)

    def matches(self, event: Event) -> bool:
        """Whether the event is of this service, type and version."""
        if event.source.strip("/") != self.service:
            return False
        if self.is_pattern:
            return _pattern(self.type).fullmatch(event.wire_type) is not None
        return (event.type, event.version) == (self.type, self.version)


def hears(service: str, *types: str, version: int = 1, alone: bool = False) -> Callable[[F], F]:
    """Declare that a method `(self, event, session)` handles these events of `service`.

    A type may be a topic pattern (`ticket.*`, `#`); the method then gets every version and looks at `event.version`.
    `alone`: such an event has a transaction of its own, for it takes long or locks much; for types, not for patterns.
    """

    def mark(method: F) -> F:
        heard = getattr(method, _ATTRIBUTE, ())
        setattr(method, _ATTRIBUTE, (*heard, *(Heard(service, type_, version, alone) for type_ in types)))
        return method

    return mark


class Subscriptions:
    """All that a worker class hears."""

    def __init__(self, worker: type[Any]) -> None:
        self._worker = worker
        methods = inspect.getmembers(worker, inspect.isfunction)
        by_line = sorted(methods, key=lambda method: method[1].__code__.co_firstlineno)
        self._heard = [(heard, name) for name, method in by_line for heard in getattr(method, _ATTRIBUTE, ())]
        self._alone = {(heard.service, heard.routing_key) for heard, _ in self._heard if heard.alone}

    @property
    def bindings(self) -> list[tuple[str, str]]:
        """`(publishing service, routing key)` of each, without repetition."""
        return list(dict.fromkeys((heard.service, heard.routing_key) for heard, _ in self._heard))

    def alone(self, event: Event) -> bool:
        """Whether the event has a transaction of its own."""
        return (event.source.strip("/"), event.wire_type) in self._alone

    def handler(self, event: Event) -> Handler | None:
        """What handles the event: one method, or several in the order they are written; None: not ours.

        Raises Malformed for a type that is heard, in a version that is not.
        """
        names = list(dict.fromkeys(name for heard, name in self._heard if heard.matches(event)))
        if not names:
            service = event.source.strip("/")
            if any((heard.service, heard.type) == (service, event.type) for heard, _ in self._heard):
                raise Malformed(f"{event.type} version {event.version} is not known here.")
            return None
        worker = self._worker()
        methods = [getattr(worker, name) for name in names]

        def handle(event: Event, session: Any) -> None:
            for method in methods:
                method(event, session)

        return handle


def _pattern(topic: str) -> re.Pattern[str]:
    words = re.escape(topic).replace(r"\*", r"[^.]+").replace(r"\#", ".*")
    return re.compile(words.replace(r"\..*", r"(\..*)?"))
