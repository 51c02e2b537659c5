"""Plan the follow-ups of a lead, and take them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import emit
from chassis.ids import uuid7
from sales.cadence.choosing import rhythm_of
from sales.cadence.model import FollowUp
from sales.cadence.rules import WARNING, Step, plan, warning
from sales.leads.model import Lead
from sales.settings import settings
from sales.told import text

_TABLE = FollowUp.__table__
# Built once: every lead that is closed or given to somebody asks for it.
_CANCEL = (
    update(_TABLE)
    .where(_TABLE.c.lead_id == bindparam("lead", type_=Uuid()), _TABLE.c.state == "planned")
    .values(state="cancelled", ended_at=bindparam("now", type_=DateTime(timezone=True)))
    .returning(_TABLE.c.id, _TABLE.c.step, _TABLE.c.escalation_id)
)


def plan_follow_ups(session: Session, lead: Lead, since: datetime) -> None:
    """Plan the steps that are left of the lead's cadence, which is chosen anew, for its owner, counted from `since`."""
    plan_steps(session, lead, choose_steps(session, lead, since))


def choose_steps(session: Session, lead: Lead, since: datetime) -> list[Step]:
    """The same before anything is planned, so that the lead can be told of once with its cadence: `plan_steps` is to
    follow."""
    steps = plan(rhythm_of(session, lead), lead.follow_step, since)
    lead.cadence_since = since
    return steps


def plan_warning(session: Session, lead: Lead, goes_back_at: datetime) -> None:
    """Warn the lead's owner that it goes back to its pool then; instead of a warning that is still there."""
    end_warning(session, lead)
    plan_steps(session, lead, [warning(goes_back_at)])


def end_warning(session: Session, lead: Lead) -> None:
    """Take back the warning of a locked lead, if there is one."""
    for planned in outstanding(session, lead):
        if planned.step == WARNING:
            _end(session, planned, lead, "cancelled")
    session.flush()


def plan_steps(session: Session, lead: Lead, steps: Sequence[Step]) -> None:
    """Plan these steps for the owner of a locked lead, and tell contacts of the tasks."""
    follow_ups = [_follow_up(lead, one) for one in steps]
    session.add_all(follow_ups)
    session.flush()
    for planned in follow_ups:
        emit(session, "followup.planned", lead, task_of(lead, planned))


def choose_anew(session: Session, lead: Lead) -> None:
    """Plan what is left of the locked lead by another cadence, from when the one it had was planned, if another is for
    it by now."""
    before, since = lead.cadence_id, lead.cadence_since
    if since is not None and rhythm_of(session, lead).id != before:
        end_follow_ups(session, lead)
        plan_follow_ups(session, lead, since)


def end_follow_ups(session: Session, lead: Lead, *, done_by: UUID | None = None) -> None:
    """Take back what is planned, and what went to a manager of it. The step that an interaction was, by the lead's
    count, is done rather than cancelled."""
    if done_by is None:
        _cancel(session, lead)
        return
    for planned in outstanding(session, lead):
        done = done_by is not None and planned.step in (lead.follow_step, WARNING)
        _end(session, planned, lead, "done" if done else "cancelled", done_by if done else None)
        done_by = None if done else done_by
    session.flush()


def tick_off(session: Session, lead: Lead, task_id: UUID) -> None:
    """Note that the planned step of a locked lead that this task is of is done: it is overdue for nobody. Nothing where
    it is not planned any more."""
    for planned in outstanding(session, lead):
        if planned.id == task_id:
            _end(session, planned, lead, "done")
    session.flush()


def outstanding(session: Session, lead: Lead) -> list[FollowUp]:
    """The steps that are still planned for a lead, next one first."""
    planned = select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")
    return list(session.scalars(planned.order_by(FollowUp.step)))


def _cancel(session: Session, lead: Lead) -> None:
    rows = session.connection().execute(_CANCEL, {"lead": lead.id, "now": clock.now()}).all()
    for row in sorted(rows, key=lambda row: row.step):
        _tell_ended(session, lead, "cancelled", row.id, row.escalation_id)


def _end(session: Session, planned: FollowUp, lead: Lead, state: str, done_by: UUID | None = None) -> None:
    planned.state, planned.ended_at, planned.interaction_id = state, clock.now(), done_by
    _tell_ended(session, lead, state, planned.id, planned.escalation_id)


def _tell_ended(session: Session, lead: Lead, state: str, *task_ids: UUID | None) -> None:
    for task_id in filter(None, task_ids):
        emit(session, "followup.cancelled", lead, {"task_id": str(task_id), "lead_id": str(lead.id), "state": state})


def task_of(lead: Lead, planned: FollowUp) -> dict[str, object]:
    """The `data` of followup.planned: the task that contacts makes."""
    return {
        "task_id": str(planned.id),
        "lead_id": str(lead.id),
        "person_id": str(lead.person_id),
        "owner_id": text(lead.owner_id),
        "title": planned.title,
        "titles": planned.titles,
        "channel": planned.channel,
        "due_at": planned.due_at.isoformat(),
        "step": planned.step,
    }


def _follow_up(lead: Lead, step: Step) -> FollowUp:
    title = step.title(settings().language)
    about = {"title": title, "titles": dict(step.titles), "channel": step.channel}
    return FollowUp(id=uuid7(), lead_id=lead.id, step=step.number, due_at=step.due_at, state="planned", **about)
