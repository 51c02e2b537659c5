"""Scores follow what is changed: once in a transaction, at its end.

At the end, because whoever learns holds a lock that all who learn need until the transaction is over: what else is to
be locked has been by then, so that nobody waits for somebody who waits for it. And once, however often what is scored
was changed, and told, in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from sales.scoring.learning import settle
from sales.scoring.scored import Scored

_CHANGED = "changed for the score"


def follow(session: Session, scored: Scored, ids: Iterable[UUID]) -> None:
    """Let the scores follow these, which this transaction changed and has locked, when it commits."""
    _, changed = session.info.setdefault(_CHANGED, {}).setdefault(scored.name, (scored, set()))
    changed.update(ids)


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return  # what a savepoint did may yet be undone
    for _, (scored, ids) in sorted(session.info.pop(_CHANGED, {}).items()):
        settle(session, scored, sorted(ids))


@event.listens_for(Session, "after_transaction_end")
def _after_transaction_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_CHANGED, None)
