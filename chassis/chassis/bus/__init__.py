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

import warnings

# nameko stands on eventlet; that eventlet is in maintenance is known (ADR 0003) and no news at every start.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

from chassis.bus.runner import run  # noqa: E402
from chassis.bus.subscriptions import hears  # noqa: E402
from chassis.bus.timer import every, tick  # noqa: E402
from chassis.bus.worker import Worker, deliver_to, find_worker  # noqa: E402

__all__ = ["Worker", "deliver_to", "every", "find_worker", "hears", "run", "tick"]
