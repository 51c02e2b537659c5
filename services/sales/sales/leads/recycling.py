"""Leads that rest or are lost come back into the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.errors import Conflict
from sales.cadence.actions import cancel, choose_steps, plan_steps
from sales.customers.actions import hold_person
from sales.customers.model import Person
from sales.leads.events import tell_together
from sales.leads.history import Why, enter
from sales.leads.model import Lead
from sales.leads.rules import OPEN
from sales.locks import hold
from sales.settings import settings
from sales.told import text


def recycle_lead(session: Session, lead_id: UUID) -> Lead:
    """Put a dormant, shelved or lost lead back into the queue, without an owner; one of a partner keeps its own.
    Conflict where the person has another open lead, or is erased."""
    hold_person(session, load(session, Lead, lead_id).person_id)
    lead = load(session, Lead, lead_id, lock=True)
    person = session.get(Person, lead.person_id)
    if person and person.erased:
        raise Conflict("person_erased", "The person of this lead was erased.")
    if _open_leads(session, [lead.person_id]).get(_whose(lead), lead.id) != lead.id:
        raise Conflict("open_lead_exists", "The person has another open lead.")
    _recycle(session, [lead], Why("recycled"))
    return lead


def recycle_due(session: Session, now: datetime) -> int:
    """Put back the leads whose time has come, a batch of the longest due; how many. Whose person has an open lead by
    now, or was erased, stays as it is."""
    due = select(Lead.id, Lead.person_id).where(Lead.recycle_at <= now).order_by(Lead.recycle_at)
    found = session.execute(due.limit(settings().sweep_batch)).all()
    people = [person_id for _, person_id in found]
    hold(session, *(f"person:{person_id}" for person_id in people))
    mine = select(Lead).where(Lead.id.in_([id_ for id_, _ in found]), Lead.recycle_at <= now).order_by(Lead.id)
    leads = session.scalars(mine.with_for_update(key_share=True, skip_locked=True)).all()
    open_leads = _open_leads(session, people)
    erased = set(session.scalars(select(Person.id).where(Person.id.in_(people), Person.erased)))
    back = []
    for lead in leads:
        lead.recycle_at = None
        if open_leads.setdefault(_whose(lead), lead.id) == lead.id and lead.person_id not in erased:
            back.append(lead)
    _recycle(session, back, Why("recycle_due"))
    return len(back)


def _recycle(session: Session, leads: Sequence[Lead], why: Why) -> None:
    now = clock.now()
    told = {lead: {"previous_owner_id": text(lead.owner_id), "cause": why.cause} for lead in leads}
    cancel(session, leads)
    for lead in leads:
        enter(session, lead, "recycled", why)
        if lead.partner_id is None:
            lead.owner_id = lead.assignment = lead.assigned_at = lead.tried_at = None
        lead.closed_at, lead.follow_step, lead.last_activity_at = None, 0, now
        lead.recycled += 1
    steps = [(lead, choose_steps(session, lead, now)) for lead in leads if lead.owner_id]
    tell_together(session, "recycled", told)
    plan_steps(session, steps)


def _open_leads(session: Session, people: list[UUID]) -> dict[tuple[UUID, UUID | None], UUID]:
    rows = select(Lead.person_id, Lead.partner_id, Lead.id).where(Lead.person_id.in_(people), Lead.status.in_(OPEN))
    return {_whose(row): row.id for row in session.execute(rows)}


def _whose(lead: Any) -> tuple[UUID, UUID | None]:
    """Of whom, and for which partner, or the house: of these, one lead is open."""
    return lead.person_id, lead.partner_id
