"""What the others are told of a customer and the pools; contacts does by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis.db.saving import save
from chassis.events import emit, emit_together
from sales.customer_pools.model import Customer
from sales.customer_pools.showing import names_of
from sales.told import text


def tell(session: Session, type_: str, customer: Customer, **more: Any) -> None:
    """Emit an event of the customer: its state after the change, and what is particular to the event."""
    save(session, customer)
    named = {"name": names_of(session, [customer]).get(customer.id)}
    emit(session, type_, customer, _state(customer) | more, personal=named)


def tell_together(session: Session, what: str, told: Mapping[Customer, dict[str, Any]], **all_of: Any) -> None:
    """Tell of customers that one step changed, and what is particular of each: of one by `customer.<what>`, of several
    by the hundred (`customers.<what>`), without their names, which say what is so of `all_of` them, too."""
    if len(told) == 1:
        for customer, said in told.items():
            tell(session, f"customer.{what}", customer, **said)
        return
    save(session, *told)
    states = [_state(customer) | said | {"sequence": customer.version} for customer, said in told.items()]
    emit_together(session, f"customers.{what}", "customers", states, **all_of)


def _state(customer: Customer) -> dict[str, Any]:
    return {
        "customer_id": str(customer.id),
        "kind": customer.kind,
        "person_id": str(customer.id) if customer.kind == "person" else None,
        "company_id": str(customer.id) if customer.kind == "company" else None,
        "owner_id": text(customer.owner_id),
        "team_id": text(customer.team_id),
        "pool_id": text(customer.pool_id),
    }
