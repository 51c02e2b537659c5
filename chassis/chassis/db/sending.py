"""Statements whose answer nobody needs: those that follow each other go to PostgreSQL in one round trip.

Each waits for the next statement of its transaction, or for the commit, and is carried out before that: in the order in
which all of them were given, so that whoever reads, reads what was written. A round trip saved is also a process of
PostgreSQL and a thread of ours that need not be woken.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Compiled, Connection, Engine, event
from sqlalchemy.dialects.postgresql import psycopg as dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement

_WAITING = "statements that wait"
_DIALECT = dialect.dialect()


def send(session: Session, statement: ClauseElement, values: Mapping[str, Any]) -> None:
    """Let a statement, which is built once, run with the others that wait, before anything else in this transaction
    does. `values` gives its parameters as the driver takes them. What goes wrong with it is raised where it runs: by
    the next statement, or the commit."""
    built = _compiled(statement)
    session.connection().info.setdefault(_WAITING, []).append((built.string, {**built.params, **values}))


def send_waiting(session: Session) -> None:
    """Let what waits run now, for who talks to the driver past SQLAlchemy."""
    _send(session.connection())


def listen(engine: Engine) -> None:
    """Let the connections of an engine keep what this module promises."""
    event.listen(engine, "before_cursor_execute", lambda connection, *_: _send(connection))
    event.listen(engine, "commit", _send)
    # A savepoint is a statement: what waits when one is rolled back was said since.
    for undoing in ("rollback", "rollback_savepoint"):
        event.listen(engine, undoing, lambda connection, *_: _waiting(connection))


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    """What a savepoint is kept with is sent while it can still be rolled back."""
    if session.in_nested_transaction():
        send_waiting(session)


def _send(connection: Connection) -> None:
    waiting = _waiting(connection)
    if not waiting:
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        with driver.pipeline():
            for statement, values in waiting:
                driver.execute(statement, values)
    except psycopg.Error as error:
        said = "; ".join(statement for statement, _ in waiting)
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError.instance(
            said, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=driver.closed
        ) from error


def _waiting(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
    """What waits, which then does so no more; nothing where the connection is lost, and all with it."""
    return [] if connection.invalidated else connection.info.pop(_WAITING, [])


@lru_cache(maxsize=256)
def _compiled(statement: ClauseElement) -> Compiled:
    return statement.compile(dialect=_DIALECT)
