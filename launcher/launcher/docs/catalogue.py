"""Who publishes which events, and who hears them: read from the contracts and from the workers themselves."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.bus import find_worker
from chassis.bus.subscriptions import Subscriptions
from chassis.errors import Malformed
from chassis.events import Event
from chassis.events.contracts import contracts_in
from chassis.events.envelope import wire_type
from chassis.service import Service, find_service
from gateway.settings import PORTS

PUBLISHERS = ("gateway", *PORTS)


@dataclass(frozen=True)
class Told:
    """One version of one type of event, with its contract and the services that hear it."""

    service: Service
    type: str
    version: int
    schema: dict[str, Any]
    heard_by: tuple[str, ...]

    @property
    def wire_type(self) -> str:
        """CloudEvents type and routing key."""
        return wire_type(self.type, self.version)

    @property
    def file(self) -> str:
        """Name of the contract's file."""
        return f"{self.type}.v{self.version}.json"

    @property
    def when(self) -> str:
        """When it is sent."""
        description: str = self.schema.get("description", "")
        return description


def catalogue() -> list[Told]:
    """Every event of the platform, by publisher and type."""
    services = [find_service(name) for name in PUBLISHERS]
    return [
        Told(
            service,
            type_,
            version,
            contracts_in(service.root / "contracts").schema(type_, version),
            listeners,
        )
        for service in services
        for type_, version in contracts_in(service.root / "contracts").versions()
        for listeners in [tuple(other.name for other in services if hears(other, service, type_, version))]
    ]


def hears(listener: Service, publisher: Service, type_: str, version: int) -> bool:
    """Whether `listener`'s worker has a handler for the event."""
    subscriptions = subscriptions_of(listener)
    try:
        return subscriptions is not None and subscriptions.handler(_blank(publisher, type_, version)) is not None
    except Malformed:  # it hears the type, but not this version
        return False


def subscriptions_of(service: Service) -> Subscriptions | None:
    """What the service hears; None for one that has no worker."""
    if importlib.util.find_spec(f"{service.package}.worker") is None:
        return None
    return Subscriptions(find_worker(service))


def heard_by(service: Service, events: list[Told]) -> Iterator[Told]:
    """The events among `events` that the service hears."""
    return (told for told in events if service.name in told.heard_by)


def _blank(publisher: Service, type_: str, version: int) -> Event:
    return Event(
        id=UUID(int=0),
        source=publisher.source,
        type=type_,
        subject="",
        time=datetime(2000, 1, 1, tzinfo=UTC),
        data={},
        version=version,
    )
