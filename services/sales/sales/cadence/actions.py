"""Plan the follow-ups of leads, and take them back: of one or of many, by the same few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, any_, bindparam, cast, select, update
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from chassis import clock
from chassis.db.bulk import array_text, put_rows
from chassis.db.saving import save
from chassis.db.sending import ask
from chassis.events import emit, emit_together
from chassis.ids import uuid7
from sales.cadence.choosing import rhythm_of
from sales.cadence.model import FollowUp
from sales.cadence.rules import WARNING, Step, plan, warning
from sales.leads.model import Lead
from sales.settings import settings
from sales.told import text

Planned = tuple[Lead, Sequence[Step]]

_TABLE = FollowUp.__table__
_OF_LEADS = _TABLE.c.lead_id == any_(cast(bindparam("leads", type_=NullType()), ARRAY(Uuid)))
# Built once: every lead that is closed or given to somebody asks for it.
_CANCEL = (
    update(_TABLE)
    .where(_OF_LEADS, _TABLE.c.state == "planned")
    .values(state="cancelled", ended_at=bindparam("now", type_=DateTime(timezone=True)))
    .returning(_TABLE.c.id, _TABLE.c.lead_id, _TABLE.c.escalation_id)
)
_CANCEL_WARNINGS = _CANCEL.where(_TABLE.c.step == WARNING)


def plan_follow_ups(session: Session, lead: Lead, since: datetime) -> None:
    """Plan the steps that are left of the lead's cadence, which is chosen anew, for its owner, counted from `since`."""
    plan_steps(session, [(lead, choose_steps(session, lead, since))])


def choose_steps(session: Session, lead: Lead, since: datetime) -> list[Step]:
    """The same before anything is planned, so that the lead can be told of once with its cadence: `plan_steps` is to
    follow."""
    steps = plan(rhythm_of(session, lead), lead.follow_step, since)
    lead.cadence_since = since
    return steps


def plan_steps(session: Session, planned: Sequence[Planned]) -> None:
    """Plan these steps for the owners of locked leads, and tell contacts of the tasks."""
    rows = [(lead, _row(lead, step)) for lead, steps in planned for step in steps]
    put_rows(session, FollowUp, [row for _, row in rows])
    _tell(session, "planned", [(lead, task_of(lead, row)) for lead, row in rows], [lead for lead, _ in planned])


def plan_warnings(session: Session, goes_back: Mapping[Lead, datetime]) -> None:
    """Warn the owners of locked leads that they go back to their pools then; instead of warnings that are still
    there."""
    end_warnings(session, list(goes_back))
    plan_steps(session, [(lead, [warning(at)]) for lead, at in goes_back.items()])


def end_warnings(session: Session, leads: Sequence[Lead]) -> None:
    """Take back the warnings of locked leads, where there are some."""
    _cancel(session, leads, _CANCEL_WARNINGS)


def cancel(session: Session, leads: Sequence[Lead]) -> None:
    """Take back what is planned for locked leads, and what went to managers of it."""
    _cancel(session, leads, _CANCEL)


def choose_anew(session: Session, lead: Lead) -> None:
    """Plan what is left of the locked lead by another cadence, from when the one it had was planned, if another is for
    it by now."""
    before, since = lead.cadence_id, lead.cadence_since
    if since is not None and rhythm_of(session, lead).id != before:
        cancel(session, [lead])
        plan_follow_ups(session, lead, since)


def do_step(session: Session, lead: Lead, interaction_id: UUID) -> None:
    """The step that comes next by the lead's count, and a warning, are done by this interaction; the first of them that
    is planned, and what else is planned is taken back."""
    done_by: UUID | None = interaction_id
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


def task_of(lead: Lead, planned: Mapping[str, Any]) -> dict[str, Any]:
    """The `data` of followup.planned: the task that contacts makes of these columns of a follow-up."""
    return {
        "task_id": str(planned["id"]),
        "lead_id": str(lead.id),
        "person_id": str(lead.person_id),
        "owner_id": text(lead.owner_id),
        "title": planned["title"],
        "titles": planned["titles"],
        "channel": planned["channel"],
        "due_at": planned["due_at"].isoformat(),
        "step": planned["step"],
    }


def _row(lead: Lead, step: Step) -> dict[str, Any]:
    title = step.title(settings().language)
    about = {"title": title, "titles": dict(step.titles), "channel": step.channel}
    return {"id": uuid7(), "lead_id": lead.id, "step": step.number, "due_at": step.due_at, "state": "planned", **about}


def _cancel(session: Session, leads: Sequence[Lead], statement: Any) -> None:
    if not leads:
        return
    known = {lead.id: lead for lead in leads}
    values = {"leads": array_text([str(id_) for id_ in known]), "now": clock.now()}
    with session.no_autoflush:  # what else becomes of the leads is still being said
        rows = sorted(ask(session, statement, values))
    ended = [
        (known[lead_id], _ended(known[lead_id], "cancelled", task_id))
        for id_, lead_id, escalation_id in rows
        for task_id in filter(None, (id_, escalation_id))
    ]
    _tell(session, "cancelled", ended, leads)


def _end(session: Session, planned: FollowUp, lead: Lead, state: str, done_by: UUID | None = None) -> None:
    planned.state, planned.ended_at, planned.interaction_id = state, clock.now(), done_by
    tasks = filter(None, (planned.id, planned.escalation_id))
    _tell(session, "cancelled", [(lead, _ended(lead, state, task_id)) for task_id in tasks])


def _ended(lead: Lead, state: str, task_id: UUID) -> dict[str, Any]:
    return {"task_id": str(task_id), "lead_id": str(lead.id), "state": state}


def _tell(session: Session, what: str, told: Sequence[tuple[Lead, dict[str, Any]]], leads: Sequence[Lead] = ()) -> None:
    """Tell of the follow-ups of one lead one by one, of those of several `leads` by the hundred (docs/adr/0019)."""
    if len(leads) > 1:
        save(session, *leads)  # gives them the versions that they have by this
        states = [data | {"sequence": lead.version} for lead, data in told]
        emit_together(session, f"followups.{what}", "followups", states)
        return
    for lead, data in told:
        emit(session, f"followup.{what}", lead, data)
