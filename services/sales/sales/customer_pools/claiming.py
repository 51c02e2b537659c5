"""Take customers out of a pool: by claiming them, or by giving them to somebody.

Contacts owns the owner of a customer: who takes one has it once contacts has made them its owner, and is told where it
has not. Until then nobody else can take it, and it counts as theirs.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from chassis.errors import Conflict, NotFound
from sales.customer_pools.model import Customer
from sales.customer_pools.moves import take_out
from sales.customer_pools.rules import check_in_pool
from sales.managers import require_manager
from sales.pools import rules
from sales.pools.actions import in_use
from sales.pools.model import Pool, PoolMove
from sales.pools.takers import check_claim, claimant, receiver
from sales.reps.model import Rep


def claim(session: Session, pool_id: UUID, customer_id: UUID) -> Customer:
    """Claim a customer of the pool; claimed by oneself already, it is no news. Conflict where somebody else was faster,
    the day's quota is used up, one has too many, or lost this very customer too recently."""
    pool = in_use(session, pool_id)
    rep = claimant(session)
    customer = pooled(session, pool, customer_id, but_of=rep.id)
    if customer.state == "pooled":
        check_claim(session, rep, pool, PoolMove.customer_id == customer.id)
        _check_held(session, rep, pool)
        take_out(session, customer, rep, "claimed")
    return customer


def assign(session: Session, pool_id: UUID, customer_id: UUID, owner_id: UUID) -> Customer:
    """Give a customer of the pool to a rep. What they may have counts; the quota and the wait are for claims alone."""
    require_manager("the owner of a pooled customer")
    pool = in_use(session, pool_id)
    rep = receiver(session, owner_id)
    customer = pooled(session, pool, customer_id, but_of=rep.id)
    if customer.state == "pooled":
        _check_held(session, rep, pool)
        take_out(session, customer, rep, "assigned")
    return customer


def pooled(session: Session, pool: Pool, customer_id: UUID, *, but_of: UUID | None = None) -> Customer:
    """The customer, locked, that lies in the pool, or was taken out by `but_of`; Conflict where somebody else took it
    or it does not lie there yet, NotFound where it never lay there."""
    this = select(Customer).where(Customer.id == customer_id).with_for_update(key_share=True)
    customer = session.scalar(this.execution_options(populate_existing=True))
    known = select(PoolMove.id).where(PoolMove.customer_id == customer_id, PoolMove.pool_id == pool.id).limit(1)
    if customer is None or (customer.pool_id != pool.id and session.scalar(known) is None):
        raise NotFound("customer")
    if but_of is not None and but_of in (customer.taker_id, None if customer.pool_id else customer.owner_id):
        return customer
    if customer.pool_id != pool.id:
        raise Conflict("not_in_pool", "The customer is not in the pool any more; somebody else was faster.")
    check_in_pool(customer.state)
    return customer


def _check_held(session: Session, rep: Rep, pool: Pool) -> None:
    theirs = or_(Customer.owner_id == rep.id, Customer.taker_id == rep.id)
    held = session.scalar(select(func.count()).select_from(Customer).where(theirs)) or 0
    rules.check_held(held, pool.max_customers, "customers")
