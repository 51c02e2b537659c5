"""Statements past SQLAlchemy's machinery, in the transaction of a session: what is asked for by every request.

What `send` is given, and whose answer nobody needs, waits for the next statement of the transaction, or for the commit,
and goes to PostgreSQL with it in one round trip: in the order in which all was given, so that whoever reads, reads what
was written. A round trip saved is also a process of PostgreSQL and a thread of ours that need not be woken. `ask`
answers, at a third of what a statement of SQLAlchemy's takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Compiled, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement

from chassis.db.driver import DIALECT, Connection, Statement

_NONE: Mapping[str, Any] = {}


def send(session: Session, statement: ClauseElement, values: Mapping[str, Any], *, rows: int | None = None) -> None:
    """Let a statement, which is built once, run with the others that wait, before anything else in this transaction
    does. `values` gives its parameters as the driver takes them. What goes wrong with it is raised where it runs: by
    the next statement, or the commit; where it is to concern so many `rows`, also that they were others
    (StaleDataError)."""
    _driver(session).waiting.append((*_said(statement, values), rows))


def send_rows(session: Session, statement: ClauseElement, rows: str) -> None:
    """`send` a statement whose parameter `rows` is a JSON array. Those of one statement that come one after the other
    go in one."""
    said, waiting = _said(statement, {"rows": rows}), _driver(session).waiting
    if waiting and waiting[-1][0] == said[0]:
        before = waiting.pop()[1]["rows"]
        said = said[0], {**said[1], "rows": f"{before[:-1]},{rows[1:]}"}
    waiting.append((*said, None))


def ask(session: Session, statement: ClauseElement, values: Mapping[str, Any] = _NONE) -> list[Any]:
    """The rows of a statement, which is built once: tuples of values as the driver makes them; `values` as it takes
    them. What the session has changed is written first, as for any query."""
    if session.autoflush:
        session.flush()
    said = _said(statement, values)
    with _refusing(session, said[0]) as driver:
        return driver.ask(said)


def send_waiting(session: Session) -> None:
    """Let what waits run now, for who talks to the driver past SQLAlchemy."""
    waiting = _driver(session).waiting
    if waiting:
        with _refusing(session, "; ".join(statement for statement, *_ in waiting)) as driver:
            driver.run_waiting()


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    """What a savepoint is kept with is sent while it can still be rolled back."""
    if session.in_nested_transaction():
        send_waiting(session)


def _driver(session: Session) -> Connection:
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)
    return driver


@contextmanager
def _refusing(session: Session, said: str) -> Iterator[Connection]:
    """The driver's connection; what it refuses is raised as SQLAlchemy does."""
    driver = _driver(session)
    try:
        yield driver
    except psycopg.Error as error:
        if driver.closed:
            session.connection().invalidate(error)
        raise DBAPIError.instance(
            said, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=driver.closed
        ) from error


def _said(statement: ClauseElement, values: Mapping[str, Any]) -> Statement:
    built = _compiled(statement)
    return built.string, {**built.params, **values}


@lru_cache(maxsize=256)
def _compiled(statement: ClauseElement) -> Compiled:
    return statement.compile(dialect=DIALECT)
