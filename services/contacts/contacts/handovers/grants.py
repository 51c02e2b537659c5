"""What was shared with somebody who gives all of it away, or leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from chassis import clock
from contacts.collaborators.actions import tell
from contacts.collaborators.model import Collaborator
from contacts.companies.model import Company
from contacts.people.model import Person


def count(session: Session, user_id: UUID) -> int:
    """How many records are shared with them."""
    return session.scalar(select(func.count()).select_from(Collaborator).where(Collaborator.user_id == user_id)) or 0


def move(session: Session, user_id: UUID, takers: Sequence[UUID], limit: int) -> int:
    """Give the next of their grants to `takers` in turn; how many. Who works with the record already keeps the grant
    that they have; one whose time has passed ends."""
    rows = _next(session, user_id, limit)
    for turn, row in enumerate(rows):
        taker = takers[turn % len(takers)]
        if _is_over(row) or _has_one(session, row, taker):
            _end(session, row)
        else:
            row.user_id = taker
            session.flush()
            tell(session, "collaborator.granted", row)
    session.flush()
    return len(rows)


def end(session: Session, user_id: UUID, limit: int) -> int:
    """End the next of the grants of somebody who has left; how many."""
    rows = _next(session, user_id, limit)
    for row in rows:
        _end(session, row)
    return len(rows)


def _next(session: Session, user_id: UUID, limit: int) -> Sequence[Collaborator]:
    """The next of their grants, locked. The records first, in the order that all take: who grants waits there."""
    mine = select(Collaborator).where(Collaborator.user_id == user_id).order_by(Collaborator.id).limit(limit)
    seen = session.scalars(mine).all()
    models: tuple[tuple[type[Any], str], ...] = ((Company, "company_id"), (Person, "person_id"))
    for model, column in models:
        ids = {getattr(row, column) for row in seen} - {None}
        locked = select(model.id).where(model.id.in_(ids)).order_by(model.id).with_for_update(key_share=True)
        session.execute(locked)
    still = mine.where(Collaborator.id.in_([row.id for row in seen])).with_for_update()
    return session.scalars(still, execution_options={"populate_existing": True}).all()


def _has_one(session: Session, row: Collaborator, taker: UUID) -> bool:
    same = or_(Collaborator.person_id == row.person_id, Collaborator.company_id == row.company_id)
    return session.scalar(select(Collaborator.id).where(Collaborator.user_id == taker, same).limit(1)) is not None


def _is_over(row: Collaborator) -> bool:
    return row.until is not None and row.until <= clock.now()


def _end(session: Session, row: Collaborator) -> None:
    tell(session, "collaborator.revoked", row, row.version + 1)
    session.delete(row)
