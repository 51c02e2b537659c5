"""Take leads out of a pool: by claiming them, or by giving them to somebody.

Who takes is locked first, then what is taken: of two claims of one rep the second counts what the first took, of two
claims of one lead one finds it gone.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Conflict, NotFound
from sales.leads.actions import locked, wake
from sales.leads.assignment import explain, hand_over
from sales.leads.history import Why
from sales.leads.model import Lead
from sales.leads.rules import OPEN
from sales.managers import require_manager
from sales.pools import rules
from sales.pools.actions import in_use
from sales.pools.model import Pool, PoolMove
from sales.pools.moves import leave_pool
from sales.pools.takers import check_claim, claimant, receiver
from sales.reps.model import Rep


def claim(session: Session, pool_id: UUID, lead_id: UUID) -> Lead:
    """Make a lead of the pool one's own; claimed by oneself already, it is no news. Conflict where somebody else was
    faster, the day's quota is used up, one holds too many, or lost this very lead too recently."""
    pool = in_use(session, pool_id)
    rep = claimant(session)
    lead = pooled(session, pool, lead_id, but_of=rep.id)
    if lead.owner_id == rep.id:
        return lead
    check_claim(session, rep, pool, PoolMove.lead_id == lead.id)
    rules.check_held(_held(session, rep.id), pool.max_held)
    _take_out(session, lead, rep, pool, "claimed")
    return lead


def assign(session: Session, pool_id: UUID, lead_id: UUID, owner_id: UUID) -> Lead:
    """Give a lead of the pool to a rep. What they may hold counts; the quota and the wait are for claims alone."""
    require_manager("the owner of a pooled lead")
    pool = in_use(session, pool_id)
    rep = receiver(session, owner_id)
    lead = pooled(session, pool, lead_id, but_of=rep.id)
    if lead.owner_id == rep.id:
        return lead
    rules.check_held(_held(session, rep.id), pool.max_held)
    _take_out(session, lead, rep, pool, "assigned")
    return lead


def pooled(session: Session, pool: Pool, lead_id: UUID, *, but_of: UUID | None = None) -> Lead:
    """The lead, locked, that lies in the pool, or was taken out by `but_of`; Conflict where somebody else took it,
    NotFound where it never lay there."""
    lead = locked(session, Lead.id == lead_id, Lead.pool_id == pool.id)
    if lead is not None:
        return lead
    known = select(PoolMove.id).where(PoolMove.lead_id == lead_id, PoolMove.pool_id == pool.id).limit(1)
    if session.scalar(known) is None:
        raise NotFound("lead")
    mine = locked(session, Lead.id == lead_id, Lead.owner_id == but_of, Lead.status.in_(OPEN)) if but_of else None
    if mine is None:
        raise Conflict("not_in_pool", "The lead is not in the pool any more; somebody else was faster.")
    return mine


def _take_out(session: Session, lead: Lead, rep: Rep, pool: Pool, kind: str) -> None:
    if lead.status in ("dormant", "shelved"):
        wake(session, lead, Why(kind))
    lead.follow_step, lead.last_activity_at = 0, clock.now()  # for its new owner all begins anew
    leave_pool(session, lead, kind, rep.id)
    hand_over(session, lead, rep, explain(kind if kind == "claimed" else "manual", None, f"From the pool {pool.name}."))


def _held(session: Session, rep_id: UUID) -> int:
    theirs = (Lead.owner_id == rep_id, Lead.status.in_(OPEN))
    return session.scalar(select(func.count()).select_from(Lead).where(*theirs)) or 0
