"""What the others are told of a customer and the pools; contacts does by it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.events import emit
from sales.customer_pools.model import Customer
from sales.customer_pools.showing import names_of
from sales.told import text


def tell(session: Session, type_: str, customer: Customer, **more: Any) -> None:
    """Emit an event of the customer: its state after the change, and what is particular to the event."""
    session.flush()
    data = {
        "customer_id": str(customer.id),
        "kind": customer.kind,
        "person_id": str(customer.id) if customer.kind == "person" else None,
        "company_id": str(customer.id) if customer.kind == "company" else None,
        "owner_id": text(customer.owner_id),
        "team_id": text(customer.team_id),
        "pool_id": text(customer.pool_id),
    }
    emit(session, type_, customer, data | more, personal={"name": names_of(session, [customer]).get(customer.id)})
