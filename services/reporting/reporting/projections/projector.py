"""The projector: the one that gives events their place in the log and folds them into the live figures."""

from __future__ import annotations

import logging

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis import clock
from reporting.log import metrics, numbering, status
from reporting.projections import rules, store
from reporting.projections.model import Generation

BATCH = 2000
ROUNDS = 10  # batches in one transaction, so that it stays short while a backlog is worked off
log = logging.getLogger(__name__)


def advance(session: Session) -> int:
    """Number what has arrived and fold it; how many events got a place. Nothing where somebody else is at it.

    The log grows even when a fold fails: the figures then stand still, which their position tells.
    """
    if not numbering.lock(session):
        return 0
    placed = 0
    for _ in range(ROUNDS):
        count = numbering.place(session, BATCH)
        placed += count
        if not _fold_live(session) and count < BATCH:
            break
    _measure(session)
    return placed


def live(session: Session) -> Generation:
    """The live generation; made, empty, where the database is new. The caller holds the numbering lock."""
    found = session.scalars(select(Generation).where(Generation.state == "live")).one_or_none()
    return found or new_generation(session, "live")


def new_generation(session: Session, state: str) -> Generation:
    """An empty generation."""
    now = clock.now()
    number = (session.scalar(select(func.max(Generation.id))) or 0) + 1
    generation = Generation(id=number, state=state, position=0, started_at=now, folded_at=now)
    session.add(generation)
    session.flush()
    return generation


def fold_next(session: Session, generation: Generation, limit: int) -> int:
    """Fold up to `limit` more events of the log into a generation; how many it went on by."""
    facts, last = store.facts(session, generation.position, limit)
    moved = last - generation.position
    if moved == 0:
        return 0
    known = store.load(session, generation.id, rules.touched(facts))
    store.save(session, generation.id, rules.fold(known, facts))
    generation.position, generation.folded_at = last, clock.now()
    session.flush()
    return moved


def _fold_live(session: Session) -> int:
    generation = live(session)
    try:
        with session.begin_nested():
            return fold_next(session, generation, BATCH)
    except OperationalError:
        raise  # a lost connection or a deadlock: the whole transaction is run again
    except Exception:
        log.exception("The live figures stand still at position %s.", generation.position)
        return 0


def _measure(session: Session) -> None:
    metrics.WAITING.set(status.waiting(session))
    metrics.BEHIND.set(numbering.head(session) - live(session).position)
    for source, missing in status.missing(session).items():
        metrics.MISSING.labels(source).set(missing)
