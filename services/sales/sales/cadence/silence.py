"""Leads that nothing is heard of fall asleep."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from sales.cadence.actions import cancel
from sales.cadence.model import Cadence
from sales.leads import rules
from sales.leads.events import tell_together
from sales.leads.history import Why, enter
from sales.leads.model import Lead
from sales.settings import settings


def fall_asleep(session: Session, now: datetime) -> int:
    """Put the leads to sleep that nothing was heard of for as long as their cadence says, longest first; how many."""
    days = case((Lead.cadence_id.is_(None), settings().dormant_days), else_=Cadence.dormant_days)
    shortest = min(settings().dormant_days, session.scalar(select(func.min(Cadence.dormant_days))) or 9999)
    silent = (
        select(Lead)
        .outerjoin(Cadence, Cadence.id == Lead.cadence_id)
        .where(
            Lead.status.in_(rules.WORKED),
            Lead.last_activity_at < rules.silent_before(now, shortest),  # what the index is asked by
            Lead.last_activity_at < now - func.make_interval(0, 0, 0, days),
        )
        .order_by(Lead.last_activity_at)
        .limit(settings().sweep_batch)
    )
    leads = session.scalars(silent.with_for_update(of=Lead, skip_locked=True)).all()
    for lead in leads:
        enter(session, lead, "dormant", Why("silence", recycle_days=_recycle_days(session, lead)))
    cancel(session, leads)
    tell_together(session, "dormant", {lead: {} for lead in leads})
    return len(leads)


def _recycle_days(session: Session, lead: Lead) -> int | None:
    cadence = session.get(Cadence, lead.cadence_id) if lead.cadence_id else None
    days = cadence.recycle_after_days if cadence else settings().recycle_days
    return days if lead.recycled < settings().recycle_times else None
