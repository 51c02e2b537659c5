"""A service's database: its pool of connections and its transactions."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import orjson
from psycopg import errors as pg
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.db.driver import engine_url
from chassis.service import Service
from chassis.settings import driver_url

T = TypeVar("T")
ATTEMPTS = 5
# jit: compiling a statement takes longer than any of ours runs.
_OPTIONS = (
    "-c timezone=UTC -c jit=off -c lock_timeout={lock} -c statement_timeout={statement}"
    " -c idle_in_transaction_session_timeout=60s"
)


class Database:
    """The database of one service.

    `transaction()` is a transaction of its own; `run(work)` one that is tried again when PostgreSQL breaks a deadlock
    or a connection has died before the commit; `reading()` a session for reads, without BEGIN and COMMIT;
    `snapshot()` one for long reads of one state.
    """

    def __init__(
        self,
        service: Service,
        url: str,
        *,
        pool_size: int = 8,
        statement_timeout: str = "30s",
        lock_timeout: str = "10s",
    ) -> None:
        self.service = service
        self.url = driver_url(url)
        self.engine: Engine = create_engine(
            engine_url(self.url),
            pool_size=pool_size,
            max_overflow=4,
            json_deserializer=orjson.loads,
            hide_parameters=True,  # an error that is told does not quote the row
            pool_timeout=10,
            connect_args={
                "options": _OPTIONS.format(lock=lock_timeout, statement=statement_timeout),
                "application_name": f"quintet-{service.name}",
                "connect_timeout": 5,
            },
        )
        self._reads = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._memo: dict[str, Any] = {}

    def session(self, *, read_only: bool = False) -> Session:
        """A new session that knows its service (which `emit` needs), and in `memo` what this process keeps of the
        database's few and rarely changed rows. The caller closes it."""
        engine = self._reads if read_only else self.engine
        return Session(engine, expire_on_commit=False, info=self._info(read_only=read_only))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self.session() as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reads: each statement sees what is committed when it begins."""
        with self.session(read_only=True) as session:
            yield session

    def snapshot(self) -> Session:
        """A session for reads that all see what was committed when the first began. It holds a transaction until the
        caller closes it."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        engine = self.engine.execution_options(**options)
        return Session(engine, expire_on_commit=False, info=self._info())

    def _info(self, *, read_only: bool = False) -> dict[str, Any]:
        return {"service": self.service, "memo": self._memo, "read_only": read_only}

    def run(self, work: Callable[[Session], T]) -> T:
        """The result of `work(session)`, committed. `work` may be called several times: no I/O of its own."""
        for attempt in range(1, ATTEMPTS + 1):
            committing = False
            try:
                with self.session() as session:
                    result = work(session)
                    session.flush()
                    committing = True
                    session.commit()
                    return result
            except DBAPIError as error:
                if attempt == ATTEMPTS or not may_retry(error, committing=committing):
                    raise
                time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 - jitter
        raise AssertionError("unreachable")

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def may_retry(error: DBAPIError, *, committing: bool = False) -> bool:
    """Whether the same transaction may simply run again.

    True for a deadlock and a serialization failure, which PostgreSQL has rolled back for certain; for a lost connection
    only before the commit was sent, because after that nobody knows.
    """
    if isinstance(error.orig, (pg.DeadlockDetected, pg.SerializationFailure)):
        return True
    return error.connection_invalidated and not committing
