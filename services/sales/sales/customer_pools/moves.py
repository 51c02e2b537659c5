"""The ways of a customer into a pool and out of it, each with its line in the history."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.ids import uuid7
from sales.customer_pools.events import tell
from sales.customer_pools.model import Customer
from sales.pools.model import PoolMove
from sales.reps.model import Rep
from sales.told import text


def note(session: Session, customer: Customer, kind: str, **more: Any) -> UUID:
    """Write a line of the history of a locked customer; its id."""
    move = PoolMove(id=uuid7(), customer_id=customer.id, kind=kind, by_id=actor().id, at=clock.now(), **more)
    session.add(move)
    return move.id


def put_back(
    session: Session, customer: Customer, pool_id: UUID, kind: str, *, rule: str, reason: str | None = None
) -> None:
    """Put a locked customer into a pool, and ask contacts to take it off its owner; it lies there once contacts has."""
    customer.move_id = note(
        session, customer, kind, pool_id=pool_id, rep_id=customer.owner_id, rule=rule, reason=reason
    )
    customer.pool_id, customer.pooled_at = pool_id, clock.now()
    more = {"previous_owner_id": text(customer.owner_id), "rule": rule, "warning_id": text(customer.warning_id)}
    forget_warning(customer)
    tell(session, "customer.reclaimed", customer, move_id=str(customer.move_id), **more)


def take_out(session: Session, customer: Customer, rep: Rep, kind: str) -> None:
    """Let a rep have a locked customer of a pool, and ask contacts to make them its owner."""
    customer.move_id = note(session, customer, kind, pool_id=customer.pool_id, rep_id=rep.id)
    customer.taker_id = rep.id
    taker = {"taker_id": str(rep.id), "taker_team_id": text(rep.team_id)}
    tell(session, "customer.claimed", customer, move_id=str(customer.move_id), **taker)


def refuse_move(session: Session, customer: Customer, reason: str) -> None:
    """What contacts was asked of a locked customer did not come about, for this reason; who claimed it is told."""
    taker_id = customer.taker_id
    session.get_one(PoolMove, customer.move_id).refused = reason
    customer.move_id = customer.taker_id = None
    if taker_id is not None:
        tell(session, "customer.claim_undone", customer, taker_id=text(taker_id), reason=reason)


def leave_pool(customer: Customer) -> None:
    """A locked customer lies in no pool any more."""
    customer.pool_id = customer.pooled_at = customer.move_id = customer.taker_id = None


def begin(customer: Customer, at: datetime) -> None:
    """For its new owner all begins anew."""
    customer.idle_since = customer.no_deal_since = customer.no_close_since = at


def forget_warning(customer: Customer) -> None:
    """Its owner was not warned of anything that still holds."""
    customer.warned_for = customer.reclaim_at = customer.warning_id = None


def end_warning(session: Session, customer: Customer) -> None:
    """What the owner of a locked customer was warned of, if of anything, does not come."""
    if customer.warned_for is not None:
        warning_id = text(customer.warning_id)
        forget_warning(customer)
        tell(session, "customer.kept", customer, warning_id=warning_id)
