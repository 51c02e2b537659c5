"""The clock of pooled leads: warn the owners of those that are due, then take them back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Session

from sales.cadence.actions import plan_warning
from sales.leads.events import tell
from sales.leads.model import OPEN_LEADS, Lead
from sales.pools.due import Due, Rule
from sales.pools.keeping import put_back
from sales.pools.model import Pool
from sales.pools.rules import goes_back_at

_TAKEN = func.coalesce(Lead.assigned_at, Lead.created_at)
_TALKED = func.greatest(_TAKEN, Lead.followed_at)  # GREATEST of PostgreSQL passes over NULL
_RULES = {"no_follow_up": Rule(_TALKED, Pool.no_follow_up_days), "no_deal": Rule(_TAKEN, Pool.no_deal_days)}
# What a partner registered is the partner's.
LEADS = Due(Lead, _RULES, OPEN_LEADS, Lead.owner_id.is_not(None), Lead.partner_id.is_(None), ~Lead.protected)


def take_back(session: Session, now: datetime) -> int:
    """Put the leads into their pools whose time is over; how many."""
    rows = session.execute(LEADS.over(now)).all()
    for lead, _, rule, pool_id, _ in rows:
        put_back(session, lead, pool_id, "reclaimed", rule=rule)
    return len(rows)


def warn(session: Session, now: datetime) -> int:
    """Warn the owners of leads that go back soon; how many."""
    rows = session.execute(LEADS.soon(now)).all()
    for lead, due, rule, pool_id, warn_days in rows:
        lead.warned_for, lead.reclaim_at = due, goes_back_at(due, now, warn_days)
        plan_warning(session, lead, lead.reclaim_at)
        more = {"pool_id": str(pool_id), "rule": rule, "reclaim_at": lead.reclaim_at.isoformat()}
        tell(session, "lead.reclaim_due", lead, **more)
    return len(rows)
