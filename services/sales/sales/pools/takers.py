"""Who takes something out of a pool: locked first, so that of two claims of one rep the second counts the first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import Conflict, Invalid
from sales.pools import rules
from sales.pools.model import Pool, PoolMove
from sales.reps.model import Rep


def claimant(session: Session) -> Rep:
    """The rep who acts, locked. Conflict for whoever is none."""
    rep = _locked(session, actor().id)
    if rep is None or actor().kind != "user":
        raise Conflict("not_a_rep", "Only active users claim from a pool.")
    return rep


def receiver(session: Session, owner_id: UUID) -> Rep:
    """The rep who is given something, locked. Invalid where there is no such active one."""
    rep = _locked(session, owner_id)
    if rep is None:
        raise Invalid("owner_id", "unknown_rep", "There is no active user with this id.")
    return rep


def check_claim(session: Session, rep: Rep, pool: Pool, this: ColumnElement[bool]) -> None:
    """Conflict where the rep lost `this` (by the history) too recently, or used the day's quota up."""
    now = clock.now()
    rules.check_cool_down(_lost_at(session, this, rep.id), pool.cool_down_days, now)
    rules.check_quota(_claimed_since(session, rep.id, pool, now), pool.claims_per_day)


def _locked(session: Session, rep_id: UUID | None) -> Rep | None:
    return session.scalar(select(Rep).where(Rep.id == rep_id, Rep.active).with_for_update(key_share=True))


def _lost_at(session: Session, this: ColumnElement[bool], rep_id: UUID) -> datetime | None:
    lost = (this, PoolMove.rep_id == rep_id, PoolMove.kind.in_(("reclaimed", "given_back")), PoolMove.refused.is_(None))
    return session.scalar(select(func.max(PoolMove.at)).where(*lost))


def _claimed_since(session: Session, rep_id: UUID, pool: Pool, now: datetime) -> int:
    today = (PoolMove.pool_id == pool.id, PoolMove.at >= rules.day_began(pool.zone, now))
    mine = (PoolMove.rep_id == rep_id, PoolMove.kind == "claimed", PoolMove.refused.is_(None), *today)
    return session.scalar(select(func.count()).select_from(PoolMove).where(*mine)) or 0
