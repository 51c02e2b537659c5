"""What contacts answers: it has made the owner that sales decided on, or it has not, and sales undoes it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.events import Event
from sales.customer_pools.following import deals_follow
from sales.customer_pools.knowing import drop, follow
from sales.customer_pools.model import Customer
from sales.customer_pools.moves import begin, leave_pool, refuse_move
from sales.customer_pools.rules import GONE


def accepted(session: Session, event: Event) -> None:
    """`ownership.accepted`: a reclaimed customer lies in the pool from now on, a claimed one is its taker's."""
    customer = _asked(session, event)
    if customer is None:
        return
    _know(customer, event)
    if customer.taker_id is not None:
        deals_follow(session, customer, customer.pool_id, customer.taker_id)
        leave_pool(customer)
        begin(customer, event.time)
    else:
        customer.move_id = None
        follow(session, customer)


def refused(session: Session, event: Event) -> None:
    """`ownership.refused`: what was decided did not come about. A claim of somebody who has left leaves the customer in
    the pool, whatever else makes it whose contacts says it is; the claimant is told."""
    customer = _asked(session, event)
    if customer is None:
        return
    reason, claimed = event.data["reason"], customer.taker_id is not None
    _know(customer, event)
    refuse_move(session, customer, reason)
    if reason in GONE:
        drop(session, customer, reason)
    elif not claimed:
        leave_pool(customer)
        begin(customer, event.time)
    else:
        follow(session, customer)


def _asked(session: Session, event: Event) -> Customer | None:
    """The customer, locked, about which contacts was asked by this very move."""
    this = (Customer.id == event.uuid("customer_id"), Customer.move_id == event.uuid("move_id"))
    return session.scalar(select(Customer).where(*this).with_for_update(key_share=True))


def _know(customer: Customer, event: Event) -> None:
    """Whose it is after this; not where something newer was told."""
    if event.sequence > customer.told_sequence:
        customer.told_sequence = event.sequence
        owned: dict[str, UUID | None] = {part: event.optional_uuid(part) for part in ("owner_id", "team_id")}
        customer.owner_id, customer.team_id = owned["owner_id"], owned["team_id"]
        customer.partner_id = event.optional_uuid("partner_id")
