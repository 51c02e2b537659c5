"""The open deals of a customer that comes out of a pool: with who lost it, or with who has it now."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from sales.customer_pools.model import Customer
from sales.customers.model import Person
from sales.deals.events import tell
from sales.deals.model import Deal
from sales.pools.model import Pool, PoolMove
from sales.quotes.following import quotes_follow
from sales.reps.actions import set_owner
from sales.reps.model import Rep


def deals_follow(session: Session, customer: Customer, pool_id: UUID | None, owner_id: UUID | None) -> None:
    """Give the open deals of a locked customer, with their quotes that are not decided, to its new owner, where the
    pool that it leaves says so: those of who lost it to the pool, no others'; a partner's are the partner's."""
    pool, owner = session.get(Pool, pool_id), session.get(Rep, owner_id)
    loser_id = _loser(session, customer)
    if pool is None or pool.deals != "follow" or owner is None or not owner.active or loser_id in (None, owner.id):
        return
    theirs = (Deal.status == "open", Deal.owner_id == loser_id, Deal.partner_id.is_(None), _of(customer))
    deals = select(Deal).where(*theirs).order_by(Deal.id).with_for_update(of=Deal, key_share=True)
    found = session.scalars(deals.execution_options(populate_existing=True)).all()
    quotes_follow(session, dict.fromkeys((deal.id for deal in found), owner))
    for deal in found:
        set_owner(deal, owner)
        tell(session, "deal.updated", deal)


def _loser(session: Session, customer: Customer) -> UUID | None:
    """Whom the pool took the customer from, the last time."""
    lost = (PoolMove.kind.in_(("reclaimed", "given_back")), PoolMove.refused.is_(None))
    last = select(PoolMove.rep_id).where(PoolMove.customer_id == customer.id, *lost)
    return session.scalar(last.order_by(PoolMove.at.desc(), PoolMove.id.desc()).limit(1))


def _of(customer: Customer) -> ColumnElement[bool]:
    people = select(Person.id).where(Person.company_id == customer.id)
    return or_(Deal.company_id == customer.id, Deal.person_id == customer.id, Deal.person_id.in_(people))
