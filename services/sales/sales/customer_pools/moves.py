"""The ways of a customer into a pool and out of it, each with its line in the history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.db.bulk import put_rows
from chassis.ids import uuid7
from sales.customer_pools.events import tell, tell_together
from sales.customer_pools.model import Customer
from sales.pools.model import PoolMove
from sales.reps.model import Rep
from sales.told import text


class Back(NamedTuple):
    """A customer that goes into a pool, by which rule, and why in the words of who does it."""

    customer: Customer
    pool_id: UUID
    rule: str
    reason: str | None = None


def note(session: Session, customer: Customer, kind: str, **more: Any) -> UUID:
    """Write a line of the history of a locked customer; its id."""
    id_ = uuid7()
    line = {"id": id_, "customer_id": customer.id, "kind": kind, "by_id": actor().id, "at": clock.now()}
    put_rows(session, PoolMove, [line | more])
    return id_


def put_back(session: Session, backs: Sequence[Back], kind: str) -> None:
    """Put locked customers into pools, and ask contacts to take them off their owners; they lie there once contacts
    has."""
    tell_together(session, "reclaimed", {back.customer: _enter(session, back, kind) for back in backs})


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


def end_warnings(session: Session, customers: Sequence[Customer]) -> None:
    """What the owners of locked customers were warned of, if of anything, does not come."""
    told = {one: {"warning_id": text(one.warning_id)} for one in customers if one.warned_for is not None}
    for customer in told:
        forget_warning(customer)
    tell_together(session, "kept", told)


def _enter(session: Session, back: Back, kind: str) -> dict[str, Any]:
    """Let a customer be on its way into a pool; what is told of that."""
    customer, pool_id, rule, reason = back
    owner_id, warning_id = customer.owner_id, customer.warning_id
    customer.move_id = note(session, customer, kind, pool_id=pool_id, rep_id=owner_id, rule=rule, reason=reason)
    customer.pool_id, customer.pooled_at = pool_id, clock.now()
    forget_warning(customer)
    told = {"previous_owner_id": text(owner_id), "rule": rule, "warning_id": text(warning_id)}
    return told | {"move_id": str(customer.move_id)}
