"""Scores follow what is changed: that something was is noted with the change, once in a transaction; a clock learns and
scores a moment later.

Not in the transaction of the change: whoever learns holds a lock that all who learn need until it is over, so that
those who close deals would do so one after the other. And whoever closes one does not wait for what only others see.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.orm import Session, SessionTransaction

from chassis.db.bulk import array_text
from chassis.db.sending import send
from sales.scoring.deals import DEALS
from sales.scoring.leads import LEADS
from sales.scoring.learning import settle
from sales.scoring.scored import Scored
from sales.settings import settings

SCORED = {one.name: one for one in (DEALS, LEADS)}
_CHANGED = "changed for the score"
_NOTE = text(
    "INSERT INTO score_due (scored, of_id) SELECT * FROM unnest(CAST(:scored AS text[]), CAST(:ids AS uuid[]))"
)
_TAKE = text(
    "DELETE FROM score_due WHERE id IN (SELECT id FROM score_due ORDER BY id LIMIT :most) RETURNING scored, of_id"
)


def follow(session: Session, scored: Scored, ids: Iterable[UUID]) -> None:
    """Let the scores follow these, which this transaction changes, once it is committed."""
    session.info.setdefault(_CHANGED, {}).setdefault(scored.name, set()).update(ids)


def catch_up(session: Session) -> int:
    """Learn from what was changed, and score it, a batch at a time; how many changes. For one at a time: of two whose
    changes follow each other the second has to see what the first made."""
    due: dict[str, set[UUID]] = {}
    rows = session.execute(_TAKE, {"most": settings().sweep_batch}).all()
    for row in rows:
        due.setdefault(row.scored, set()).add(row.of_id)
    for name in sorted(due):
        settle(session, SCORED[name], sorted(due[name]))
    return len(rows)


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return  # the outermost commit notes it; of what a savepoint undid, in vain
    changed = [(name, id_) for name, ids in session.info.pop(_CHANGED, {}).items() for id_ in ids]
    if changed:
        names, ids = zip(*changed, strict=True)
        send(session, _NOTE, {"scored": array_text(names), "ids": array_text([str(id_) for id_ in ids])})


@event.listens_for(Session, "after_transaction_end")
def _after_transaction_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_CHANGED, None)
