"""What lies in a pool, as those see it who may claim it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales.customer_pools.model import Customer
from sales.customer_pools.rules import state_of
from sales.customers.model import Company, Person
from sales.pools.model import Pool

_COLUMNS = (
    "id", "kind", "owner_id", "team_id", "taker_id", "move_id", "pool_id", "pooled_at", "idle_since", "no_deal_since",
    "no_close_since", "protected", "warned_for", "reclaim_at", "version", "created_at", "updated_at",
)  # fmt: skip
_SHOWN = ("id", "kind", "state", "pooled_at", "idle_since", "no_deal_since", "no_close_since")


def names_of(session: Session, customers: Sequence[Any]) -> dict[UUID, str | None]:
    """What customers are called, as far as contacts has told."""
    return {id_: copy.name for id_, copy in _copies(session, customers).items()}


def named(session: Session, customers: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Customers, or rows of their columns, with their names and states."""
    names = names_of(session, customers)
    return [
        {name: getattr(one, name) for name in _COLUMNS} | {"state": _state(one), "name": names.get(one.id)}
        for one in customers
    ]


def shown(session: Session, pool: Pool, customers: Sequence[Customer]) -> list[Mapping[str, Any]]:
    """Pooled customers; how to reach a person is left out where the pool masks it, and said to be known."""
    copies = _copies(session, customers)
    return [
        {name: getattr(one, name) for name in _SHOWN} | _known(copies.get(one.id), masked=pool.masked)
        for one in customers
    ]


def _known(copy: Person | Company | None, *, masked: bool) -> dict[str, Any]:
    email, phone = getattr(copy, "email", None), getattr(copy, "phone", None)
    of_both = {name: getattr(copy, name, None) for name in ("name", "country", "postcode")}
    of_companies = {name: getattr(copy, name, None) for name in ("region", "industry", "employees", "domain")}
    reached = {"email": None if masked else email, "phone": None if masked else phone}
    return of_both | of_companies | reached | {"has_email": bool(email), "has_phone": bool(phone)}


def _copies(session: Session, customers: Sequence[Customer]) -> dict[UUID, Person | Company]:
    found: dict[UUID, Person | Company] = {}
    models: tuple[tuple[str, type[Any]], ...] = (("person", Person), ("company", Company))
    for kind, model in models:
        ids = [one.id for one in customers if one.kind == kind]
        if ids:
            found |= {row.id: row for row in session.scalars(select(model).where(model.id.in_(ids)))}
    return found


def _state(one: Any) -> str:
    return state_of(owner_id=one.owner_id, pool_id=one.pool_id, move_id=one.move_id, taker_id=one.taker_id)
