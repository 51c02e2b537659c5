"""Events in tests: what a service has sent, and handing it what it hears, without a broker between."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from chassis import clock
from chassis.db.database import Database
from chassis.events.envelope import Event
from chassis.events.tables import outbox as table
from chassis.ids import uuid7
from chassis.service import Service


class OutboxReader:
    """The outbox of a service's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def events(self, type_: str | None = None) -> list[Event]:
        """The events of one type, or all, in the order in which they were sent."""
        with self._database.reading() as session:
            bodies = session.scalars(select(table.c.body).order_by(table.c.id)).all()
        events = [Event.from_json(body) for body in bodies]
        return [event for event in events if type_ in (None, event.type)]

    def one(self, type_: str) -> Event:
        """The only event of this type."""
        (event,) = self.events(type_)
        return event

    def each(self, type_: str, name: str, key: str) -> list[Event]:
        """What the events of a type that tells of many say of each, in order, as single events."""
        return [one for event in self.events(type_) for one in event.each(name, key)]

    def types(self) -> list[str]:
        """The types of all events, in order."""
        return [event.type for event in self.events()]


def make_event(source: str, type_: str, data: dict[str, Any], **options: Any) -> Event:
    """An event as `source` would send it; options: personal, subject, sequence, id, time, version, actorid."""
    personal = options.pop("personal", None)
    if personal is not None:
        data = data | {"personal": personal}
    defaults: dict[str, Any] = {
        "id": uuid7(),
        "subject": f"things/{uuid7()}",
        "time": clock.now(),
        "sequence": 1,
        "correlationid": str(uuid7()),
    }
    return Event(source="/" + source.strip("/"), type=type_, data=data, **(defaults | options))


class Deliver:
    """`deliver("sales", "deal.won", data, personal={...})` handles an event once; returns it, to be delivered again."""

    def __init__(self, service: Service, database: Database) -> None:
        self._service, self._database = service, database

    def __call__(self, source: str, type_: str, data: dict[str, Any], **options: Any) -> Event:
        return self.again(make_event(source, type_, data, **options))

    def again(self, event: Event) -> Event:
        """Deliver this very event (the inbox skips it if it was handled)."""
        from chassis.bus import deliver_to, find_worker

        deliver_to(find_worker(self._service), self._database, event)
        return event


class Tick:
    """`tick("mark_dormant")` runs that clock of the worker in a transaction, at the time of the business clock."""

    def __init__(self, service: Service, database: Database) -> None:
        self._service, self._database = service, database

    def __call__(self, method: str, now: datetime | None = None) -> None:
        from chassis.bus import find_worker, tick

        tick(self._database, find_worker(self._service), method, now)


__all__ = ["Deliver", "OutboxReader", "Tick", "make_event"]
