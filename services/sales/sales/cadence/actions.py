"""Plan the follow-ups of a lead, and take them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.bulk import copy_rows
from chassis.events import emit
from chassis.events.bulk import Change, emit_many
from chassis.ids import uuid7
from sales.cadence.model import FollowUp
from sales.cadence.rules import WARNING, Step, plan, warning
from sales.leads.model import Lead
from sales.settings import settings


def plan_follow_ups(session: Session, lead: Lead, since: datetime) -> None:
    """Plan the steps of the cadence that are left for the lead's owner, counted from `since`."""
    _plan(session, lead, plan(settings().follow_up_days, lead.follow_step, since))


def plan_warning(session: Session, lead: Lead, goes_back_at: datetime) -> None:
    """Warn the lead's owner that it goes back to its pool then; instead of a warning that is still there."""
    end_warning(session, lead)
    _plan(session, lead, [warning(goes_back_at)])


def end_warning(session: Session, lead: Lead) -> None:
    """Take back the warning of a locked lead, if there is one."""
    for planned in outstanding(session, lead):
        if planned.step == WARNING:
            _end(session, lead, planned, None)
    session.flush()


def _plan(session: Session, lead: Lead, steps: Sequence[Step]) -> None:
    follow_ups = [FollowUp(lead_id=lead.id, step=one.number, title=one.title, due_at=one.due_at) for one in steps]
    session.add_all(follow_ups)
    session.flush()
    for planned in follow_ups:
        emit(session, "followup.planned", lead, _data(lead, planned))


def end_follow_ups(session: Session, lead: Lead, *, done_by: UUID | None = None) -> None:
    """Take back what is planned. The next step is done rather than cancelled where an interaction was it."""
    for planned in outstanding(session, lead):
        _end(session, lead, planned, done_by)
        done_by = None
    session.flush()


def plan_many(session: Session, leads: Sequence[Lead], since: datetime) -> None:
    """`plan_follow_ups` for many leads: one COPY of steps, one of events."""
    steps = [(lead, one) for lead in leads for one in plan(settings().follow_up_days, lead.follow_step, since)]
    planned = [
        (lead, FollowUp(id=uuid7(), lead_id=lead.id, step=one.number, title=one.title, due_at=one.due_at))
        for lead, one in steps
    ]
    columns = ("id", "lead_id", "step", "title", "due_at", "state")
    rows = ((str(f.id), str(f.lead_id), str(f.step), f.title, f.due_at.isoformat(), "planned") for _, f in planned)
    copy_rows(session, "follow_ups", columns, rows)
    emit_many(session, "followup.planned", [_change(lead, _data(lead, follow_up)) for lead, follow_up in planned])


def end_many(session: Session, leads: Sequence[Lead]) -> None:
    """Take back what is planned for many leads: one statement, and one COPY of events."""
    by_id = {lead.id: lead for lead in leads}
    cancelled = (
        update(FollowUp)
        .where(FollowUp.lead_id.in_(by_id), FollowUp.state == "planned")
        .values(state="cancelled", ended_at=clock.now())
        .returning(FollowUp.id, FollowUp.lead_id)
    )
    rows = session.execute(cancelled, execution_options={"synchronize_session": False}).all()
    changes = [
        _change(by_id[row.lead_id], {"task_id": str(row.id), "lead_id": str(row.lead_id), "state": "cancelled"})
        for row in rows
    ]
    emit_many(session, "followup.cancelled", changes)


def outstanding(session: Session, lead: Lead) -> list[FollowUp]:
    """The steps that are still planned for a lead, next one first."""
    planned = select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")
    return list(session.scalars(planned.order_by(FollowUp.step)))


def _end(session: Session, lead: Lead, planned: FollowUp, done_by: UUID | None) -> None:
    planned.state, planned.ended_at = ("done" if done_by else "cancelled"), clock.now()
    planned.interaction_id = done_by
    ended = {"task_id": str(planned.id), "lead_id": str(lead.id), "state": planned.state}
    emit(session, "followup.cancelled", lead, ended)


def _change(lead: Lead, data: dict[str, object]) -> Change:
    return Change(f"leads/{lead.id}", lead.version, data)


def _data(lead: Lead, planned: FollowUp) -> dict[str, object]:
    return {
        "task_id": str(planned.id),
        "lead_id": str(lead.id),
        "person_id": str(lead.person_id),
        "owner_id": str(lead.owner_id) if lead.owner_id else None,
        "title": planned.title,
        "due_at": planned.due_at.isoformat(),
        "step": planned.step,
    }
