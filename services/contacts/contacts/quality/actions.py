"""One record: how complete it is, and that it was found right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Forbidden
from contacts.quality.measuring import Subject
from contacts.quality.rules import score


def completeness(session: Session, subject: Subject, id: UUID) -> dict[str, Any]:
    """How complete a record is (`score`, 0 to 100), what it lacks (the weightiest first), and when it was verified."""
    refuse_partners()
    load(session, subject.model, id)
    weights = subject.weights
    row = session.execute(select(*(subject.lacks(field) for field in weights)).where(subject.model.id == id)).one()
    missing = {field for field, lacks in zip(weights, row, strict=True) if lacks}
    verified = session.get(subject.verified, id)
    return {
        "score": score(weights, missing),
        "missing": [{"field": field, "weight": weights[field]} for field in sorted(missing, key=_weightiest(weights))],
        "verified_at": verified.at if verified else None,
        "verified_by": verified.by if verified else None,
    }


def verify(session: Session, subject: Subject, id: UUID) -> dict[str, Any]:
    """Say that a record is right as it stands. Again is the same, later."""
    refuse_partners()
    load(session, subject.model, id, lock=True)
    said = {"at": clock.now(), "by": actor().id}
    new = insert(subject.verified).values({subject.verified_id.key: id} | said)
    session.execute(new.on_conflict_do_update(index_elements=[subject.verified_id.key], set_=said))
    return completeness(session, subject, id)


def refuse_partners() -> None:
    """Forbidden for partners: how well the enterprise keeps its records is its own affair."""
    if actor().reach == "partner":
        raise Forbidden("Partners have no part in the quality of records.", "not_for_partners")


def _weightiest(weights: dict[str, int]) -> Any:
    return lambda field: (-weights[field], field)
