"""What an edit would do, without doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, lazyload

from chassis import clock
from chassis.access import visible
from chassis.errors import Refusal
from contacts.bulk.kinds import Kind
from contacts.bulk.planning import Plan
from contacts.bulk.rules import Changes, differing
from contacts.people.model import Person

EXAMINED, SHOWN = 5_000, 10
LEFT_OUT = {
    "out_of_reach": "The record is not within reach, or shared for reading only.",
    "changed_meanwhile": "The record was changed since it was chosen, or is not within reach any more.",
    "restricted": "The person had the use of their data restricted.",
    "refused": "The record cannot be changed like this.",
}


def preview(
    session: Session, kind: Kind, chosen: Select[Any], changes: Changes, ids: Sequence[UUID], seen_at: datetime | None
) -> dict[str, Any]:
    """What would become of the records that `chosen` (a SELECT of the ids that the actor sees) names, and of whom of
    `ids` nothing is known. Nothing is written; the first `EXAMINED` are looked at one by one."""
    now, plan = clock.now(), Plan(session, kind, changes)
    mine = visible(chosen, kind.model, access="write").order_by(None)
    count = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    found: list[dict[str, Any]] = []
    left_out = _out_of_reach(session, kind, chosen, mine, ids)
    counts = Counter({"out_of_reach": len(ids) - count if ids else _seen(session, chosen) - count})
    options = [lazyload(Person.points)] if kind.model is Person else []
    first = select(kind.model).where(kind.model.id.in_(mine)).order_by(kind.model.id).limit(EXAMINED)
    for record in session.scalars(first.options(*options)):
        outcome, changed = _look(kind, plan, record, seen_at)
        counts[outcome] += 1
        if outcome in LEFT_OUT:
            left_out.append(_shown(record.id, outcome))
        elif changed and len(found) < SHOWN:
            state = kind.state(record)
            before, after = differing(state, state | changed)
            found.append({"id": record.id, "name": record.name, "before": before, "after": after})
    return {
        "count": count, "examined": min(count, EXAMINED), "counts": {k: n for k, n in counts.items() if n},
        "rows": found, "left_out": left_out[:SHOWN], "seen_at": now,
    }  # fmt: skip


def _look(kind: Kind, plan: Plan, record: Any, seen_at: datetime | None) -> tuple[str, dict[str, Any]]:
    if seen_at is not None and record.updated_at > seen_at:
        return "changed_meanwhile", {}
    if getattr(record, "restricted", False):
        return "restricted", {}
    try:
        changed = plan.of(record, kind.state(record))
    except Refusal:
        return "refused", {}
    return "changed" if changed else "unchanged", changed


def _seen(session: Session, chosen: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0


def _out_of_reach(
    session: Session, kind: Kind, chosen: Select[Any], mine: Select[Any], ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    """The first that would be left out because the actor may not change them."""
    if ids:
        known = set(session.scalars(mine))
        return [_shown(id_, "out_of_reach") for id_ in ids if id_ not in known]
    others = chosen.order_by(None).where(kind.model.id.not_in(mine)).limit(SHOWN)
    return [_shown(id_, "out_of_reach") for id_ in session.scalars(others)]


def _shown(id_: UUID, code: str) -> dict[str, Any]:
    return {"id": id_, "code": code, "message": LEFT_OUT[code]}
