"""The follow-ups of many leads planned and taken back at once: what is told of them is told by the hundred."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.bulk import copy_rows, one_of
from chassis.encoding import to_json
from chassis.events import emit_together
from chassis.ids import uuid7
from sales.cadence.model import FollowUp
from sales.cadence.rules import Rhythm, Step, plan
from sales.leads.model import Lead
from sales.settings import settings
from sales.told import text

_COLUMNS = ("id", "lead_id", "step", "title", "titles", "channel", "due_at", "state")
_PLAIN = {"synchronize_session": False}


class _Prepared(NamedTuple):
    """A step of a cadence as all leads get it that are as far: what is told of it, and its columns for COPY."""

    told: dict[str, Any]
    columns: tuple[str | None, ...]


def plan_many(session: Session, leads: Sequence[tuple[Lead, Rhythm]], since: datetime) -> None:
    """Plan the steps that are left of the cadence of each of many leads, counted from `since`: by one COPY, told of by
    `followups.planned`."""
    prepared: dict[tuple[UUID | None, int], list[_Prepared]] = {}
    rows, told = [], []
    for lead, rhythm in leads:
        left = rhythm.id, lead.follow_step
        if left not in prepared:
            prepared[left] = [_prepare(step) for step in plan(rhythm, lead.follow_step, since)]
        whose = {"lead_id": str(lead.id), "person_id": str(lead.person_id), "owner_id": text(lead.owner_id)}
        for step in prepared[left]:
            id_ = str(uuid7())
            rows.append((id_, whose["lead_id"], *step.columns))
            told.append({"task_id": id_, **whose, **step.told, "sequence": lead.version})
    copy_rows(session, FollowUp.__tablename__, _COLUMNS, rows)
    emit_together(session, "followups.planned", "followups", told)


def end_many(session: Session, leads: Sequence[Lead]) -> None:
    """Take back what is planned for many leads, and what went to managers of it: by one statement, told of by
    `followups.cancelled`."""
    versions = {lead.id: lead.version for lead in leads}
    cancelled = (
        update(FollowUp)
        .where(one_of(FollowUp.lead_id, versions), FollowUp.state == "planned")
        .values(state="cancelled", ended_at=clock.now())
        .returning(FollowUp.id, FollowUp.lead_id, FollowUp.escalation_id)
    )
    told = [
        {"task_id": str(id_), "lead_id": str(lead_id), "state": "cancelled", "sequence": versions[lead_id]}
        for own, lead_id, escalation in session.execute(cancelled, execution_options=_PLAIN)
        for id_ in filter(None, (own, escalation))
    ]
    emit_together(session, "followups.cancelled", "followups", told)


def _prepare(step: Step) -> _Prepared:
    title, titles, due_at = step.title(settings().language), dict(step.titles), step.due_at.isoformat()
    told = {"title": title, "titles": titles, "channel": step.channel, "due_at": due_at, "step": step.number}
    columns = (str(step.number), title, to_json(titles).decode(), step.channel, due_at, "planned")
    return _Prepared(told, columns)
