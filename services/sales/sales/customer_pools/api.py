"""Routes of customers and pools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from chassis.access import SYSTEM, acting_as, load
from chassis.http import Answer, Api, Resource
from chassis.http.lists import ListSpec
from chassis.http.resource import ListQuery
from chassis.schema import fields
from sales.customer_pools import claiming, keeping
from sales.customer_pools.model import Customer
from sales.customer_pools.schema import CustomerOut, PooledCustomerOut
from sales.customer_pools.showing import named, shown
from sales.customers.model import Company, Person
from sales.pools.actions import open_to
from sales.pools.api import MOVES
from sales.pools.model import PoolMove
from sales.pools.schema import GiveIn, MoveOut, ProtectIn, ReturnIn, TransferIn

api = Api("pools", scope="sales", internal=True)
api.add(
    Resource(
        Customer,
        path="customers",
        read=CustomerOut,
        filters=("kind", "owner_id", "team_id", "pool_id", "protected", "reclaim_at", "idle_since"),
        sorts=("idle_since", "reclaim_at"),
        complete=named,
        exported=True,
    )
)


def _in_country(text: str) -> ColumnElement[bool]:
    """ISO 3166-1 alpha-2, of people and companies."""
    return or_(*(Customer.id.in_(select(copy.id).where(copy.country == text)) for copy in (Person, Company)))


def _in_industry(text: str) -> ColumnElement[bool]:
    """Of companies."""
    return Customer.id.in_(select(Company.id).where(Company.industry == text))


_POOLED = ListSpec(
    Customer,
    {"kind": (Customer.kind, fields.Text())},
    ("pooled_at", "idle_since"),
    default_sort="-pooled_at",
    finders={"country": _in_country, "industry": _in_industry},
)
Shown = Mapping[str, Any]
_ONE = "/pools/<uuid:pool_id>/customers/<uuid:customer_id>"
_ASKED: dict[str, Any] = {"returns": CustomerOut, "status": 202, "also": (200,), "errors": (403, 404, 409)}
_PLAIN: dict[str, Any] = {"returns": CustomerOut, "errors": (403, 404, 409)}


@api.get(
    "/pools/<uuid:pool_id>/customers", query=ListQuery, returns=PooledCustomerOut, many=True, errors=(403, 404),
    extra_query=_POOLED.parameters(),
)  # fmt: skip
def pooled_customers(session: Session, pool_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    """The customers in a pool, those first that came last, for its members."""
    pool = open_to(session, pool_id)
    there = select(Customer).where(Customer.pool_id == pool_id, Customer.move_id.is_(None))
    with acting_as(SYSTEM):  # nobody's customers are in nobody's reach: who sees them is decided by the pool
        page = _POOLED.page(there, query, session)
    return page | {"data": shown(session, pool, page["data"])}


@api.get(
    "/customers/<uuid:customer_id>/pool-history", query=ListQuery, returns=MoveOut, many=True, errors=(404,),
    extra_query=MOVES.parameters(),
)  # fmt: skip
def customer_history(session: Session, customer_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    """The pools that a customer went through, newest first."""
    load(session, Customer, customer_id)
    return MOVES.page(select(PoolMove).where(PoolMove.customer_id == customer_id), query, session)


@api.post(f"{_ONE}/claim", **_ASKED)
def claim(session: Session, pool_id: UUID, customer_id: UUID) -> Answer:
    """Claim a customer of the pool; of many who try at once one succeeds.

    Contacts owns the owner of a customer: the answer is 202 until contacts has made the claimant its owner, and
    `GET /customers/{id}` says when it has. Where contacts does not (somebody gave, merged or deleted the customer
    meanwhile) the claim is undone, counts for no quota, and `customer.claim_undone` says why.
    """
    return _asked(session, claiming.claim(session, pool_id, customer_id))


@api.post(f"{_ONE}/assign", body=GiveIn, **_ASKED)
def assign(session: Session, pool_id: UUID, customer_id: UUID, body: dict[str, Any]) -> Answer:
    """Give a customer of the pool to a rep, likewise."""
    return _asked(session, claiming.assign(session, pool_id, customer_id, **body))


@api.post(f"{_ONE}/transfer", body=TransferIn, **_PLAIN)
def transfer(session: Session, pool_id: UUID, customer_id: UUID, body: dict[str, Any]) -> Shown:
    """Move a customer to another pool."""
    return _shown(session, keeping.transfer(session, pool_id, customer_id, **body))


@api.post("/customers/<uuid:customer_id>/give-back", body=ReturnIn, **_ASKED)
def give_back(session: Session, customer_id: UUID, body: dict[str, Any]) -> Answer:
    """Put a customer into a pool by hand; it lies there once contacts has taken it off its owner."""
    return _asked(session, keeping.give_back(session, customer_id, **body))


@api.post("/customers/<uuid:customer_id>/protect", body=ProtectIn, **_PLAIN)
def protect(session: Session, customer_id: UUID, body: dict[str, Any]) -> Shown:
    """Lock a key account: it never goes back to a pool."""
    return _shown(session, keeping.protect(session, customer_id, **body))


@api.post("/customers/<uuid:customer_id>/unprotect", body=ProtectIn, **_PLAIN)
def unprotect(session: Session, customer_id: UUID, body: dict[str, Any]) -> Shown:
    """Take the lock off again."""
    return _shown(session, keeping.unprotect(session, customer_id, **body))


def _asked(session: Session, customer: Customer) -> Answer:
    """200 where contacts has nothing to answer."""
    return Answer(_shown(session, customer), 202 if customer.move_id else 200)


def _shown(session: Session, customer: Customer) -> Shown:
    session.flush()
    return named(session, [customer])[0]
