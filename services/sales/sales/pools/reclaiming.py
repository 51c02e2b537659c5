"""The clock of the pools: warn the owners of leads that are due, then take the leads back.

A warning holds for the instant that it was given for (`warned_for`). A follow-up, another owner or other terms of the
pool make another one of it, and the owner is warned anew: nobody loses a lead unwarned, also where a pool is new.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Select, case, func, or_, select
from sqlalchemy.orm import Session

from sales.cadence.actions import plan_warning
from sales.leads.events import tell
from sales.leads.model import Lead
from sales.leads.rules import OPEN
from sales.pools.keeping import put_back
from sales.pools.model import Pool, PoolTeam
from sales.pools.rules import goes_back_at
from sales.settings import settings

_INSTANT = DateTime(timezone=True)
_TAKEN = func.coalesce(Lead.assigned_at, Lead.created_at, type_=_INSTANT)


def _days(number: Any) -> Any:
    return func.make_interval(0, 0, 0, number)


_BY_FOLLOW_UP = func.greatest(_TAKEN, Lead.followed_at, type_=_INSTANT) + _days(Pool.no_follow_up_days)
_BY_DEAL = _TAKEN + _days(Pool.no_deal_days)
_DUE = func.least(_BY_FOLLOW_UP, _BY_DEAL, type_=_INSTANT)  # LEAST and GREATEST of PostgreSQL pass over NULL
_RULE = case((_DUE == _BY_FOLLOW_UP, "no_follow_up"), else_="no_deal")


def take_back(session: Session, now: datetime) -> int:
    """Put the leads into their pools whose time is over, those first that are due longest; how many. In batches: what
    is left over is for the next round."""
    over = (now >= _DUE, or_(Pool.warn_days == 0, (Lead.warned_for == _DUE) & (Lead.reclaim_at <= now)))
    rows = session.execute(_due(*over)).all()
    for lead, _, rule, pool_id, _ in rows:
        put_back(session, lead, pool_id, "reclaimed", rule=rule)
    return len(rows)


def warn(session: Session, now: datetime) -> int:
    """Warn the owners of leads that go back soon, once for each instant at which one does; how many."""
    soon = (Pool.warn_days > 0, _DUE - _days(Pool.warn_days) <= now, Lead.warned_for.is_distinct_from(_DUE))
    rows = session.execute(_due(*soon)).all()
    for lead, due, rule, pool_id, warn_days in rows:
        lead.warned_for, lead.reclaim_at = due, goes_back_at(due, now, warn_days)
        plan_warning(session, lead, lead.reclaim_at)
        more = {"pool_id": str(pool_id), "rule": rule, "reclaim_at": lead.reclaim_at.isoformat()}
        tell(session, "lead.reclaim_due", lead, **more)
    return len(rows)


def _due(*conditions: Any) -> Select[Any]:
    """Leads of the teams that have a pool, with the instant, the rule, and the pool; locked, without those that
    somebody changes at this moment. What a partner registered is the partner's."""
    kept = (Lead.status.in_(OPEN), Lead.owner_id.is_not(None), Lead.partner_id.is_(None), ~Lead.protected, Pool.active)
    found = (
        select(Lead, _DUE, _RULE, Pool.id, Pool.warn_days)
        .join(PoolTeam, PoolTeam.team_id == Lead.team_id)
        .join(Pool, Pool.id == PoolTeam.pool_id)
        .where(*kept, *conditions)
    )
    batch = found.order_by(_DUE, Lead.id).limit(settings().sweep_batch)
    return batch.with_for_update(of=Lead, skip_locked=True, key_share=True)
