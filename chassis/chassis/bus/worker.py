"""The base class of every service's list of handlers."""

from collections import deque
from datetime import datetime
from importlib import import_module
from typing import Any, ClassVar

from nameko.extensions import DependencyProvider
from sqlalchemy.orm import Session

from chassis import retention
from chassis.bus.consumer import Inbox
from chassis.bus.deliveries import Deliveries
from chassis.bus.subscriptions import Subscriptions
from chassis.bus.timer import every
from chassis.db import Database
from chassis.events.envelope import Event
from chassis.events.inbox import process_once
from chassis.events.topology import Topology, consuming
from chassis.service import Service
from chassis.settings import BrokerSettings, ServiceSettings


class _TheDeliveries(DependencyProvider):
    """Hands the worker's Deliveries to each instance that nameko makes of it."""

    def setup(self) -> None:
        config = self.container.config
        settings: ServiceSettings = config["settings"]
        self._deliveries = Deliveries(
            self.container.service_cls,
            config["database"],
            settings.amqp_url,
            settings.retry_delays,
            config["state"],
        )

    def get_dependency(self, worker_ctx: Any) -> Deliveries:  # noqa: ARG002
        return self._deliveries

    def stop(self) -> None:
        self._deliveries.close()


class Worker:
    """Subclass it once per service: `service`, `name`, and methods marked with @hears and @every.

    `batch` is how many events that wait in line may share one transaction. If one of them fails, all are rolled back
    and handled one by one, so it matters for speed only. What takes long or locks much is heard `alone`.
    """

    service: ClassVar[Service]
    name: ClassVar[str]
    batch: ClassVar[int] = 20

    _deliveries = _TheDeliveries()

    @every(seconds=60)
    def clear_rows(self, now: datetime, session: Session) -> None:
        """What has had its day in the database."""
        retention.clear_rows(session, now)

    @every(seconds=3600)
    def clear_letters(self, now: datetime, session: Session) -> None:
        """Dead letters that nobody has replayed."""
        retention.clear_letters(session, now)

    @Inbox.decorator
    def take(self, line: deque[Any]) -> None:
        """Work off the line of deliveries; the one nameko entrypoint that all @hears methods share."""
        self._deliveries.work_off(line)


def find_worker(service: Service) -> type[Worker]:
    """The Worker subclass in the service's `worker.py`. LookupError where there is none, or more than one."""
    module = import_module(f"{service.package}.worker")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Worker) and value.__module__ == module.__name__
    ]
    if len(set(found)) != 1:
        raise LookupError(f"{module.__name__} has {len(set(found))} Worker classes instead of one")
    return found[0]


def topology_of(worker: type[Worker], settings: BrokerSettings) -> Topology:
    """All that must stand in the broker for this worker."""
    bindings = Subscriptions(worker).bindings
    return consuming(worker.service.inbox, bindings, settings.retry_delays, settings.stream_max_age)


def deliver_to(worker: type[Worker], database: Database, event: Event) -> bool:
    """Handle an event as the worker would, without a broker; whether it was new and heard. Raises what it raises."""
    handler = Subscriptions(worker).handler(event)
    return handler is not None and process_once(database, worker.service.name, event, handler)
