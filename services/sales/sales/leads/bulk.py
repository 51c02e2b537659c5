"""One step for many leads, each for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import visible
from chassis.errors import Refusal
from sales.leads.actions import lose_lead, reopen_lead, shelve_lead
from sales.leads.assignment import assign_lead
from sales.leads.model import Lead
from sales.leads.recycling import recycle_lead
from sales.locks import hold

STEPS: dict[str, tuple[Callable[..., Lead], tuple[str, ...]]] = {
    "assign": (assign_lead, ("owner_id",)),
    "shelve": (shelve_lead, ("reason", "reason_id")),
    "lose": (lose_lead, ("reason", "reason_id")),
    "reopen": (reopen_lead, ()),
    "recycle": (recycle_lead, ()),
}


def act_on_all(session: Session, lead_ids: list[UUID], action: str, **said: Any) -> list[dict[str, Any]]:
    """Take the step with each lead, in one transaction; one that is refused changes nothing and keeps nobody else
    back. What became of each, in the order of `lead_ids`."""
    step, named = STEPS[action]
    options = {name: said[name] for name in named if name in said}
    if action == "recycle":  # all people first, in one order: else two calls wait for each other
        people = session.scalars(visible(select(Lead.person_id).where(Lead.id.in_(lead_ids)), Lead))
        hold(session, *(f"person:{person_id}" for person_id in people))
    done = {lead_id: _try(session, step, lead_id, options) for lead_id in sorted(set(lead_ids))}
    return [done[lead_id] for lead_id in dict.fromkeys(lead_ids)]


def _try(session: Session, step: Callable[..., Lead], lead_id: UUID, options: dict[str, Any]) -> dict[str, Any]:
    try:
        with session.begin_nested():
            lead = step(session, lead_id, **options)
            session.flush()
        return {"lead_id": lead_id, "ok": True, "status": lead.status, "code": None, "detail": None}
    except Refusal as refusal:
        return {"lead_id": lead_id, "ok": False, "status": None, "code": refusal.code, "detail": refusal.detail}
