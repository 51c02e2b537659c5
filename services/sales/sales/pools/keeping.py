"""Put leads into a pool by hand, move them to another, and keep those of key accounts out."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import Conflict, Invalid
from sales.cadence.actions import cancel, end_warnings
from sales.leads.events import tell, tell_together
from sales.leads.model import Lead
from sales.leads.rules import check_open
from sales.managers import require_manager, require_reach_all
from sales.pools.actions import in_use, open_to, pool_of_team
from sales.pools.claiming import pooled
from sales.pools.moves import Back, enter_pool, forget_warning, note
from sales.told import text


def give_back(session: Session, lead_id: UUID, reason: str, pool_id: UUID | None = None) -> Lead:
    """Put a lead within reach into a pool: that of its owner's team where none is named."""
    lead = load(session, Lead, lead_id, lock=True)
    check_open(lead.status)
    if lead.pool_id:
        raise Conflict("already_pooled", "The lead lies in a pool already.")
    if lead.protected:
        raise Conflict("protected", "The lead is protected; take the protection off first.")
    pool_id = pool_id or pool_of_team(session, lead.team_id)
    if pool_id is None:
        raise Invalid("pool_id", "required", "The team of the lead's owner has no pool in use; name one.")
    put_back(session, [Back(lead, in_use(session, pool_id).id, "by_hand", reason)], "given_back")
    return lead


def put_back(session: Session, backs: Sequence[Back], kind: str) -> None:
    """Make locked leads nobody's, in pools, and tell it."""
    told = {
        lead: {"pool_id": str(pool_id), "previous_owner_id": text(lead.owner_id), "rule": rule}
        for lead, pool_id, rule, _ in backs
    }
    cancel(session, list(told))
    for back in backs:
        enter_pool(session, back, kind)
    tell_together(session, "reclaimed", told)


def transfer(session: Session, pool_id: UUID, lead_id: UUID, to_pool_id: UUID, reason: str) -> Lead:
    """Move a lead from one pool to another; for those who reach all records."""
    require_reach_all("the pool of a lead")
    source, target = open_to(session, pool_id), in_use(session, to_pool_id)
    if source.id == target.id:
        raise Invalid("to_pool_id", "same_pool", "The lead lies in this pool.")
    lead = pooled(session, source, lead_id)
    note(session, lead, "transferred", pool_id=target.id, from_pool_id=source.id, reason=reason)
    lead.pool_id = target.id
    tell(session, "lead.updated", lead)
    return lead


def protect(session: Session, lead_id: UUID, reason: str) -> Lead:
    """Lock the lead of a key account: it never goes back to a pool. For those who reach a team's records, or all."""
    lead = _to_lock(session, lead_id)
    if lead.pool_id:
        raise Conflict("already_pooled", "The lead lies in a pool; give it to somebody first.")
    if lead.protected:
        raise Conflict("already_protected", "The lead is protected already.")
    lead.protected = True
    end_warnings(session, [lead])
    forget_warning(lead)
    note(session, lead, "protected", rep_id=lead.owner_id, reason=reason)
    tell(session, "lead.updated", lead)
    return lead


def unprotect(session: Session, lead_id: UUID, reason: str) -> Lead:
    """Take the lock off again; its owner is warned before it goes back."""
    lead = _to_lock(session, lead_id)
    if not lead.protected:
        raise Conflict("not_protected", "The lead is not protected.")
    lead.protected = False
    note(session, lead, "unprotected", rep_id=lead.owner_id, reason=reason)
    tell(session, "lead.updated", lead)
    return lead


def _to_lock(session: Session, lead_id: UUID) -> Lead:
    require_manager("the protection of leads")
    lead = load(session, Lead, lead_id, lock=True)
    check_open(lead.status)
    return lead
