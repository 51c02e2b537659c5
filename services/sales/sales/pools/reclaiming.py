"""The clock of pooled leads: warn the owners of those that are due, then take them back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Session

from sales.cadence.actions import plan_warnings
from sales.leads.events import tell_together
from sales.leads.model import OPEN_LEADS, Lead
from sales.pools.due import Due, Rule
from sales.pools.keeping import put_back
from sales.pools.model import Pool
from sales.pools.moves import Back
from sales.pools.rules import goes_back_at
from sales.told import by_owner

_TAKEN = func.coalesce(Lead.assigned_at, Lead.created_at)
_TALKED = func.greatest(_TAKEN, Lead.followed_at)  # GREATEST of PostgreSQL passes over NULL
_RULES = {"no_follow_up": Rule(_TALKED, Pool.no_follow_up_days), "no_deal": Rule(_TAKEN, Pool.no_deal_days)}
# What a partner registered is the partner's.
LEADS = Due(Lead, _RULES, OPEN_LEADS, Lead.owner_id.is_not(None), Lead.partner_id.is_(None), ~Lead.protected)


def take_back(session: Session, now: datetime) -> int:
    """Put the leads into their pools whose time is over; how many."""
    rows = session.execute(LEADS.over(now)).all()
    put_back(session, [Back(lead, pool_id, rule) for lead, _, rule, pool_id, _ in rows], "reclaimed")
    return len(rows)


def warn(session: Session, now: datetime) -> int:
    """Warn the owners of leads that go back soon, each of all of theirs at once; how many."""
    goes_back, told = {}, {}
    for lead, due, rule, pool_id, warn_days in session.execute(LEADS.soon(now)).all():
        lead.warned_for, lead.reclaim_at = due, goes_back_at(due, now, warn_days)
        goes_back[lead] = lead.reclaim_at
        told[lead] = {"pool_id": str(pool_id), "rule": rule, "reclaim_at": lead.reclaim_at.isoformat()}
    plan_warnings(session, goes_back)
    for whose, theirs in by_owner(told):
        tell_together(session, "reclaim_due", theirs, **whose)
    return len(told)
