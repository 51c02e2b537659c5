"""The event door of a service: what it hears and which clocks it keeps.

    class SalesWorker(Worker):
        service = SERVICE
        name = "sales"

        @hears("contacts", "contact.identified")
        def contact_known(self, event: Event, session: Session) -> None: ...

        @every(seconds=60)
        def silence(self, now: datetime, session: Session) -> None: ...

A handler runs in one transaction, is called once per event, and is called again later if it raises: see
`chassis.events.failures`. Events of one queue are handled one after the other by a worker; start more workers for
more, and ignore an event whose `sequence` is lower than that of the copy you keep.
"""

from chassis.bus.runner import run
from chassis.bus.subscriptions import hears
from chassis.bus.timer import every, tick
from chassis.bus.worker import Worker, deliver_to, find_worker

__all__ = ["Worker", "deliver_to", "every", "find_worker", "hears", "run", "tick"]
