"""The ways of a lead into a pool and out of it, each with its line in the history."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.db.bulk import put_rows
from chassis.ids import uuid7
from sales.leads.model import Lead
from sales.pools.model import PoolMove


class Back(NamedTuple):
    """A lead that goes into a pool, by which rule, and why in the words of who does it."""

    lead: Lead
    pool_id: UUID
    rule: str
    reason: str | None = None


def note(session: Session, lead: Lead, kind: str, **more: Any) -> None:
    """Write a line of the history of a locked lead."""
    line = {"id": uuid7(), "lead_id": lead.id, "kind": kind, "by_id": actor().id, "at": clock.now()}
    put_rows(session, PoolMove, [line | more])


def enter_pool(session: Session, back: Back, kind: str) -> None:
    """Put a locked lead into a pool: it is nobody's from now on."""
    lead, pool_id, rule, reason = back
    note(session, lead, kind, pool_id=pool_id, rep_id=lead.owner_id, rule=rule, reason=reason)
    lead.owner_id = lead.team_id = lead.assigned_at = lead.assignment = None
    lead.pool_id, lead.pooled_at = pool_id, clock.now()
    forget_warning(lead)


def leave_pool(session: Session, lead: Lead, kind: str, rep_id: UUID | None = None) -> None:
    """Take a locked lead out of its pool, if it lies in one."""
    if lead.pool_id is not None:
        note(session, lead, kind, pool_id=lead.pool_id, rep_id=rep_id)
        lead.pool_id = lead.pooled_at = None


def forget_warning(lead: Lead) -> None:
    """Its owner was not warned of anything that still holds."""
    lead.warned_for = lead.reclaim_at = None
