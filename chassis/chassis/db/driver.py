"""psycopg as SQLAlchemy uses it here: on a connection statements may wait, and what each request pays for is left out.

A listener of SQLAlchemy's, or the description of columns that nobody looks at, costs some 100 us a transaction; a
dialect says the same for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, overload

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import ARRAY, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql import psycopg as postgresql
from sqlalchemy.orm.exc import StaleDataError

_DRIVER = "quintet"
Statement = tuple[str, dict[str, Any]]
Waiting = tuple[str, dict[str, Any], int | None]  # and how many rows it is to concern, where that is known


class _Columns(Sequence[psycopg.Column]):
    """What a result's columns are called, made when somebody looks: SQLAlchemy asks each time whether there are any,
    and looks once a statement."""

    def __init__(self, cursor: psycopg.Cursor[Any], count: int) -> None:
        self._cursor, self._count = cursor, count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> psycopg.Column: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[psycopg.Column]: ...
    def __getitem__(self, place: int | slice) -> psycopg.Column | Sequence[psycopg.Column]:
        return self._made[place]

    @cached_property
    def _made(self) -> list[psycopg.Column]:
        return [psycopg.Column(self._cursor, place) for place in range(self._count)]


class Cursor(psycopg.Cursor[Any]):
    """A cursor that describes its columns to who asks for one."""

    __slots__ = ()

    @property
    def description(self) -> Any:
        """As DB-API has it: None where the statement returns no rows."""
        result = self.pgresult
        return _Columns(self, result.nfields) if result and result.nfields else super().description


class Connection(psycopg.Connection[Any]):
    """A connection on which statements wait (`chassis.db.sending`) for the next one, or for the commit."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cursor_factory = Cursor
        self.waiting: list[Waiting] = []

    def run_waiting(self) -> None:
        """Run what waits, in its order and one round trip. Of what is refused, nothing waits any more."""
        if self.waiting:
            with self.pipeline():
                done = self._run_waiting()
            _check(done)

    def ask(self, statement: Statement) -> list[Any]:
        """The rows that a statement answers with, in one round trip with what waits."""
        if not self.waiting:
            return self.execute(*statement).fetchall()
        with self.pipeline():
            done = self._run_waiting()
            cursor = self.execute(*statement)
        _check(done)
        return cursor.fetchall()

    def _run_waiting(self) -> list[tuple[int | None, psycopg.Cursor[Any]]]:
        """How many rows each is to concern, and the cursor that says how many those were, once the pipeline is over."""
        waiting, self.waiting = self.waiting, []
        return [(rows, self.execute(statement, values)) for statement, values, rows in waiting]


def _check(done: Sequence[tuple[int | None, psycopg.Cursor[Any]]]) -> None:
    for rows, cursor in done:
        if rows is not None and cursor.rowcount != rows:
            raise StaleDataError("A row was changed, or taken away, since it was read.")


_OWN_ARRAY: Any = postgresql.dialect.colspecs[ARRAY]


class _Array(_OWN_ARRAY):
    """An array that comes as psycopg makes it: SQLAlchemy would copy it to treat items that need no treatment."""

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        """What is done to a value that is read; None for nothing."""
        item = self.item_type.dialect_impl(dialect).result_processor(dialect, coltype)
        return super().result_processor(dialect, coltype) if item or self.as_tuple else None


class Dialect(postgresql.dialect):
    """SQLAlchemy's own for psycopg; what waits on a connection runs before anything else does, and is forgotten by a
    rollback."""

    supports_statement_cache = True
    colspecs = {**postgresql.dialect.colspecs, ARRAY: _Array}

    def connect(self, *args: Any, **options: Any) -> Any:
        """A new connection."""
        return Connection.connect(*args, **options)

    def do_execute(self, cursor: Any, statement: Any, parameters: Any, context: Any = None) -> None:
        """Run a statement."""
        cursor.connection.run_waiting()
        super().do_execute(cursor, statement, parameters, context)

    def do_executemany(self, cursor: Any, statement: Any, parameters: Any, context: Any = None) -> None:
        """Run a statement for each of many parameters."""
        cursor.connection.run_waiting()
        super().do_executemany(cursor, statement, parameters, context)

    def do_execute_no_params(self, cursor: Any, statement: Any, context: Any = None) -> None:
        """Run a statement that has none."""
        cursor.connection.run_waiting()
        super().do_execute_no_params(cursor, statement, context)

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit, and what waits with it."""
        try:
            dbapi_connection.run_waiting()
        except (psycopg.Error, StaleDataError):
            # SQLAlchemy takes a commit that failed for the end of the transaction, and the connection for clean.
            if not dbapi_connection.closed:
                super().do_rollback(dbapi_connection)
            raise
        super().do_commit(dbapi_connection)

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Roll back. After a read, which is its own transaction, there is nothing to."""
        dbapi_connection.waiting.clear()
        if dbapi_connection.pgconn.transaction_status != TransactionStatus.IDLE:
            super().do_rollback(dbapi_connection)

    def _do_isolation_level(self, connection: Any, autocommit: bool, isolation_level: Any) -> None:
        """What is so already is not said again: psycopg takes a lock for each. Without transactions a level is void."""
        if connection.autocommit != autocommit:
            connection.autocommit = autocommit
        if not autocommit and connection.isolation_level != isolation_level:
            connection.isolation_level = isolation_level

    def do_rollback_to_savepoint(self, connection: Any, name: str) -> None:
        """Roll back to a savepoint, which was a statement: what waits was said since."""
        connection.connection.driver_connection.waiting.clear()
        super().do_rollback_to_savepoint(connection, name)


DIALECT = Dialect()
registry.register(f"postgresql.{_DRIVER}", __name__, Dialect.__name__)


def engine_url(url: str) -> Any:
    """The URL of a database, by this dialect."""
    return make_url(url).set(drivername=f"postgresql+{_DRIVER}")
