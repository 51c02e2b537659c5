"""What a process keeps of small tables that are read by every request and changed by hand now and then.

Each time the database is asked whether the rows are still those that were read: one cheap statement instead of all
that read them, and never a stale answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from chassis.db.sending import ask

T = TypeVar("T")


def kept(session: Session, models: tuple[type[Any], ...], read: Callable[[Session], T]) -> T:
    """`read(session)`, which reads the tables of `models` and nothing else: from the last time, where no row of theirs
    was put in, changed or taken out since. All threads get the same object: it must not be changed, nor belong to a
    session."""
    memo: dict[Any, Any] = session.info["memo"]
    if any(isinstance(one, models) for one in (*session.new, *session.dirty, *session.deleted)):
        session.flush()
    with session.no_autoflush:  # what the session does not have of these tables is not to be written for their sake
        # Before the read: a change that is committed in between is read too early, never too late.
        (stamp,) = ask(session, _stamps(models))
        known = memo.get(read)
        if known is None or known[0] != stamp:
            known = memo[read] = (stamp, read(session))
    value: T = known[1]
    return value


@cache
def _stamps(models: tuple[type[Any], ...]) -> TextClause:
    """A number for each table that another set of rows does not have: of the place of each row and the transaction that
    wrote it, for a row that is changed is written anew."""
    columns = ", ".join(
        f'(SELECT sum(hashtextextended(xmin::text || ctid::text, 0)) FROM "{model.__tablename__}")'  # noqa: S608 - names
        for model in models
    )
    return text(f"SELECT {columns}")
