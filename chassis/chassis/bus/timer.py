"""`@every`: work that is done by the clock, by one replica at a time."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from eventlet import Timeout
from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint, register_entrypoint
from prometheus_client import Counter, Histogram
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import SYSTEM
from chassis.context import Context, running
from chassis.db import Database
from chassis.events.failures import describe
from chassis.trace import new_traceparent

log = logging.getLogger(__name__)
F = TypeVar("F", bound=Callable[..., bool | None])

TICKS = Counter("quintet_timer_ticks_total", "Runs of an @every method", ["service", "method", "result"])
SECONDS = Histogram("quintet_timer_tick_seconds", "How long a run took", ["service", "method"])
LOOK = 0.5  # how often the clock is looked at: it may be set forward at any time
AGAIN = 0.05  # in which the worker turns to what else there is, before a method goes on that has left something
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))")


def every(*, seconds: float) -> Callable[[F], F]:
    """Declare that a method `(self, now, session)` runs every so many seconds of `chassis.clock`, in one transaction.

    It runs soon after the start too. Of several replicas one runs it at a time. If it raises, nothing is kept and it
    runs again at the next turn: take work in batches that a query finds again. Where it returns True it has left
    something to do, and goes on at once, in another transaction.
    """

    def mark(method: F) -> F:
        register_entrypoint(method, Every(seconds))
        return method

    return mark


def tick(database: Database, worker: type[Any], method: str, now: datetime | None = None) -> bool:
    """Run an @every method once, unless another replica is at it; whether it ran. Raises what it raises."""
    return _once(database, worker, method, now) is not None


def _once(database: Database, worker: type[Any], method: str, now: datetime | None = None) -> bool | None:
    """Whether it left something to do; None where another replica is at it."""
    name = database.service.name

    def work(session: Session) -> bool | None:
        if not session.scalar(_LOCK, {"key": f"every:{name}:{method}"}):
            return None
        return bool(getattr(worker(), method)(now or clock.now(), session))

    with running(Context(actor=SYSTEM, traceparent=new_traceparent())):
        return database.run(work)


class Every(Entrypoint):
    """The nameko side: a loop on a green thread of its own, which a stop interrupts only between runs."""

    def __init__(self, seconds: float, **options: Any) -> None:
        self.interval = timedelta(seconds=seconds)
        self._stop = Signal()
        self._thread: Any = None
        super().__init__(**options)

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier=f"every.{self.method_name}")

    def stop(self) -> None:
        if not self._stop.ready():
            self._stop.send(True)
        if self._thread is not None:
            self._thread.wait()

    def kill(self) -> None:
        if self._thread is not None:
            self._thread.kill()

    def _run(self) -> None:
        due = clock.now() + min(self.interval, timedelta(seconds=1))
        look = min(LOOK, self.interval.total_seconds())
        more = False
        while not self._stopped_within(AGAIN if more else look):
            due = min(due, clock.now() + self.interval)  # the clock may have been set back
            if more or clock.now() >= due:
                due = clock.now() + self.interval
                more = self._tick()

    def _stopped_within(self, seconds: float) -> bool:
        with Timeout(seconds, False):
            self._stop.wait()
        return bool(self._stop.ready())

    def _tick(self) -> bool:
        """Whether it left something to do."""
        database: Database = self.container.config["database"]
        labels = (database.service.name, self.method_name)
        try:
            with SECONDS.labels(*labels).time():
                more = _once(database, self.container.service_cls, self.method_name)
            TICKS.labels(*labels, "elsewhere" if more is None else "done").inc()
            return bool(more)
        except Exception as error:
            TICKS.labels(*labels, "failed").inc()
            log.error("a timer failed", extra={"method": self.method_name, "why": describe(error)})
            return False
