"""Two steps of a job at once, committed one after the other.

    in_turns(parts, work)

    def work(turn: Turn[Part]) -> None:
        def ahead(session: Session) -> None:
            ...                     # what has nothing to do with the step before, turn.beside
            turn.wait(session)
        with run.step(ahead) as session:
            turn.on(session)
            ...                     # the rest

PostgreSQL writes with one process a connection: a job that writes much waits for one of them, while other processors
have nothing to do. So a step may begin its transaction while the one before is under way, and waits for its turn with
the rest and with the commit: a job that dies has done a prefix of its work.

Whoever waits for a turn holds locks meanwhile. Where the step before waits for one of them PostgreSQL sees no circle,
for the other waits outside; so who waits here looks, and gives way.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Generic, TypeVar

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

T = TypeVar("T")
AT_ONCE = 2
_LOOK = 0.2  # seconds
_HELD_UP = text("SELECT pg_blocking_pids(:backend) <> '{}'")


class GaveWay(Exception):
    """The step before needs, or may need, what this one has taken ahead of its turn: to be rolled back, and done again
    from the beginning when its turn has come."""


class Abandoned(Exception):
    """The step before has failed: this one's turn never comes."""


class Turn(Generic[T]):
    """The place of one step, which does `item`, behind another one."""

    def __init__(self, item: T, before: Turn[T] | None) -> None:
        self.item, self._before = item, before
        self._backend: int | None = None
        self._ended, self._done = threading.Event(), False

    @property
    def beside(self) -> T | None:
        """What the step before does, as long as it is under way."""
        before = self._before
        return before.item if before and not before._ended.is_set() else None

    def wait(self, session: Session | None = None) -> None:
        """Until the step before has committed. `session`: what has begun ahead of the turn; GaveWay where it may be in
        the way. Abandoned where there will be no turn."""
        before = self._before
        if before is None:
            return
        while not before._ended.wait(_LOOK if session else None):
            if session and before._backend and session.scalar(_HELD_UP, {"backend": before._backend}):
                raise GaveWay
        if not before._done:
            raise Abandoned
        self._before = None

    def on(self, session: Session) -> None:
        """Say in which transaction the step does what it does in its turn."""
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        self._backend = driver.info.backend_pid

    def take(self, work: Callable[[Turn[T]], None]) -> None:
        """Do the step; whoever is behind may go on when it has ended."""
        try:
            work(self)
            self._done = True
        finally:
            self._before = None
            self._ended.set()


def in_turns(items: Iterable[T], work: Callable[[Turn[T]], None]) -> None:
    """Call `work` with a turn for each of `items`, two at a time, each on a thread: it commits before it returns, not
    before its turn has come. Raises what the first one raised that failed; none behind it commits."""
    last: Turn[T] | None = None
    under_way: deque[Future[None]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for item in items:
            if len(under_way) == AT_ONCE:
                under_way.popleft().result()
            last = Turn(item, last)
            under_way.append(pool.submit(copy_context().run, last.take, work))
        for future in under_way:
            future.result()
