"""Put customers into a pool by hand, move them to another, and keep key accounts out."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import Conflict, Invalid
from sales.customer_pools.claiming import pooled
from sales.customer_pools.model import Customer
from sales.customer_pools.moves import Back, end_warnings, note, put_back
from sales.customer_pools.rules import check_owned
from sales.managers import require_manager, require_reach_all
from sales.pools.actions import in_use, open_to, pool_of_team


def give_back(session: Session, customer_id: UUID, reason: str, pool_id: UUID | None = None) -> Customer:
    """Put a customer within reach into a pool: that of its owner's team where none is named."""
    customer = load(session, Customer, customer_id, lock=True)
    check_owned(customer.state)
    if customer.protected:
        raise Conflict("protected", "The customer is protected; take the protection off first.")
    if customer.partner_id:
        raise Conflict("of_a_partner", "A partner's customer goes to no pool.")
    pool_id = pool_id or pool_of_team(session, customer.team_id)
    if pool_id is None:
        raise Invalid("pool_id", "required", "The team of the customer's owner has no pool in use; name one.")
    put_back(session, [Back(customer, in_use(session, pool_id).id, "by_hand", reason)], "given_back")
    return customer


def transfer(session: Session, pool_id: UUID, customer_id: UUID, to_pool_id: UUID, reason: str) -> Customer:
    """Move a customer from one pool to another; for those who reach all records."""
    require_reach_all("the pool of a customer")
    source, target = open_to(session, pool_id), in_use(session, to_pool_id)
    if source.id == target.id:
        raise Invalid("to_pool_id", "same_pool", "The customer lies in this pool.")
    customer = pooled(session, source, customer_id)
    note(session, customer, "transferred", pool_id=target.id, from_pool_id=source.id, reason=reason)
    customer.pool_id = target.id
    return customer


def protect(session: Session, customer_id: UUID, reason: str) -> Customer:
    """Lock a key account: it never goes back to a pool. For those who reach a team's records, or all."""
    customer = _to_lock(session, customer_id)
    if customer.pool_id:
        raise Conflict("already_pooled", "The customer lies in a pool; give it to somebody first.")
    if customer.protected:
        raise Conflict("already_protected", "The customer is protected already.")
    customer.protected = True
    end_warnings(session, [customer])
    note(session, customer, "protected", rep_id=customer.owner_id, reason=reason)
    return customer


def unprotect(session: Session, customer_id: UUID, reason: str) -> Customer:
    """Take the lock off again; its owner is warned before it goes back."""
    customer = _to_lock(session, customer_id)
    if not customer.protected:
        raise Conflict("not_protected", "The customer is not protected.")
    customer.protected = False
    note(session, customer, "unprotected", rep_id=customer.owner_id, reason=reason)
    return customer


def _to_lock(session: Session, customer_id: UUID) -> Customer:
    require_manager("the protection of customers")
    return load(session, Customer, customer_id, lock=True)
