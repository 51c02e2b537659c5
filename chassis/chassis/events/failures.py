"""What is to be done about a handler that failed.

MALFORMED    no retry will mend it (undecodable, unknown version, the handler says so): dead letter at once
UNREACHABLE  the database is away: the event is held, unacknowledged, until it is back; no attempt is counted
TRANSIENT    deadlock, lock or statement timeout, network, TryAgain: retried, at the longest delay for a day
FAULT        all else, a KeyError too (who says that the event is wrong and not the handler?): retried through
             all delays, which leaves time to deploy a correction, and then parked as a dead letter
"""

import traceback
from enum import Enum

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from chassis.errors import Malformed, Refusal, TryAgain

PATIENCE = 24 * 3600.0
_LATER = ("40001", "40P01", "55P03", "57014")  # serialization, deadlock, lock and statement timeout
_AWAY = ("08", "57P", "53300")  # connection exceptions, shutting down or starting, too many connections
_BENEATH = ("site-packages", "/chassis/db/")  # who is asked, not who asks


class Failure(Enum):
    """The classes of failure."""

    MALFORMED = "malformed"
    UNREACHABLE = "unreachable"
    TRANSIENT = "transient"
    FAULT = "fault"


def classify(error: BaseException) -> Failure:
    """The class of an error that a handler, or its transaction, raised."""
    match error:
        case Malformed():
            return Failure.MALFORMED
        case DBAPIError():
            return _of_database(error)
        case PoolTimeout():
            return Failure.UNREACHABLE
        case TryAgain() | StaleDataError() | OSError():
            return Failure.TRANSIENT
    return Failure.FAULT


def delay_for(failure: Failure, attempts: int, age: float, delays: tuple[float, ...]) -> float | None:
    """Seconds until the next attempt after `attempts` failed ones, the first `age` seconds ago; None: give up."""
    if failure is Failure.MALFORMED or not delays:
        return None
    if attempts <= len(delays):
        return delays[attempts - 1]
    return delays[-1] if failure is Failure.TRANSIENT and age < PATIENCE else None


def describe(error: BaseException) -> str:
    """Why it failed, for people, without anything personal: a database's or library's message may quote a row.

    Only messages that the platform's own errors carry are repeated; else the class, SQLSTATE and place.
    """
    if isinstance(error, Malformed | TryAgain | Refusal):
        return f"{type(error).__name__}: {error}"
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return type(error).__name__ + (f" {state}" if state else "") + f" at {place(error)}"


def place(error: BaseException) -> str:
    """The line of our own code that raised, or asked the database: `actions.py:42 take_contact`."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not any(one in frame.filename for one in _BENEATH)] or list(frames)
    return f"{own[-1].filename.rpartition('/')[2]}:{own[-1].lineno} {own[-1].name}" if own else "?"


def _of_database(error: DBAPIError) -> Failure:
    state = getattr(error.orig, "sqlstate", None) or ""
    lost = error.connection_invalidated or (isinstance(error.orig, psycopg.OperationalError) and not state)
    if lost or state.startswith(_AWAY):
        return Failure.UNREACHABLE
    return Failure.TRANSIENT if state in _LATER else Failure.FAULT
