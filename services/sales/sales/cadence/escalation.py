"""A follow-up that is overdue goes to the manager of the team, too."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from chassis.events import emit
from chassis.ids import uuid7
from sales.cadence.actions import outstanding, task_of
from sales.cadence.model import Cadence, FollowUp
from sales.leads.events import tell
from sales.leads.model import Lead
from sales.reps.actions import manager_of
from sales.settings import settings
from sales.told import text

_PREFIX = {"en": "Overdue: ", "zh": "逾期："}


def escalate(session: Session, now: datetime) -> int:
    """Tell of the planned steps that are overdue for as long as their cadence says, and plan a task for the manager of
    the owner's team; once for each. The number of steps."""
    days = case((Lead.cadence_id.is_(None), settings().escalate_days or None), else_=Cadence.escalate_after_days)
    late = (
        select(FollowUp.lead_id)
        .join(Lead, Lead.id == FollowUp.lead_id)
        .outerjoin(Cadence, Cadence.id == Lead.cadence_id)
        .where(
            FollowUp.state == "planned",
            FollowUp.escalated_at.is_(None),
            FollowUp.due_at < now,
            FollowUp.due_at < now - func.make_interval(0, 0, 0, days),
        )
        .order_by(FollowUp.due_at)
        .limit(settings().sweep_batch)
    )
    ids = set(session.scalars(late))
    leads = select(Lead).where(Lead.id.in_(ids)).order_by(Lead.id)
    count = 0
    for lead in session.scalars(leads.with_for_update(key_share=True, skip_locked=True)).all():
        count += sum(_escalate(session, lead, planned, now) for planned in outstanding(session, lead))
    return count


def _escalate(session: Session, lead: Lead, planned: FollowUp, now: datetime) -> bool:
    """Escalate a step of the locked lead, unless it was by now or is not late enough."""
    cadence = session.get(Cadence, lead.cadence_id) if lead.cadence_id else None
    days = cadence.escalate_after_days if cadence else settings().escalate_days
    if planned.escalated_at or not days or (now - planned.due_at).total_seconds() <= days * 86400:
        return False
    manager_id = manager_of(session, lead.team_id, lead.owner_id)
    planned.escalated_at, planned.escalated_to = now, manager_id
    planned.escalation_id = uuid7() if manager_id else None
    tell(
        session, "lead.followup_overdue", lead, task_id=str(planned.id), step=planned.step,
        due_at=planned.due_at.isoformat(), manager_id=text(manager_id), escalation_task_id=text(planned.escalation_id),
    )  # fmt: skip
    if manager_id:
        emit(session, "followup.planned", lead, _task(lead, planned, manager_id, now))
    return True


def _task(lead: Lead, planned: FollowUp, manager_id: UUID, now: datetime) -> dict[str, object]:
    prefix = _PREFIX.get(settings().language, _PREFIX["en"])
    columns = {
        "id": planned.escalation_id,
        "title": prefix + planned.title,
        "titles": {language: _PREFIX[language] + title for language, title in planned.titles.items()},
        "channel": planned.channel,
        "due_at": now,
        "step": planned.step,
    }
    return task_of(lead, columns) | {"owner_id": str(manager_id)}
