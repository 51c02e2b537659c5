"""Routes of pools."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.access import SYSTEM, acting_as
from chassis.errors import BadRequest
from chassis.http import Api, Resource
from chassis.http.lists import ListSpec
from chassis.http.resource import ListQuery
from chassis.schema import fields
from sales.leads.model import Lead
from sales.leads.schema import LeadOut
from sales.pools import actions, claiming, keeping, schema
from sales.pools.model import Pool, PoolMove
from sales.pools.showing import shown

api = Api("pools", scope="sales", internal=True)
api.add(
    Resource(
        Pool,
        path="pools",
        read=schema.PoolOut,
        create=schema.PoolIn,
        update=schema.PoolPatch,
        filters=("name", "active"),
        sorts=("name",),
        on_create=actions.create_pool,
        on_update=actions.change_pool,
    )
)
_FILTERS = ("status", "source", "country", "region")
_POOLED = ListSpec(
    Lead,
    {name: (getattr(Lead, name), fields.String()) for name in _FILTERS} | {"score": (Lead.score, fields.Integer())},
    ("score", "pooled_at"),
    default_sort="-score",
)
MOVES = ListSpec(
    PoolMove,
    {"kind": (PoolMove.kind, fields.String()), "rep_id": (PoolMove.rep_id, fields.Id())},
    ("at",),
    default_sort="-at",
)
_ONE = "/pools/<uuid:pool_id>/leads/<uuid:lead_id>"


@api.get(
    "/pools/<uuid:pool_id>/leads", query=ListQuery, returns=schema.PooledOut, many=True, errors=(403, 404),
    extra_query=_POOLED.parameters(searched=False),
)  # fmt: skip
def pooled_leads(session: Session, pool_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    """The leads in a pool, the most promising first, for its members."""
    pool = actions.open_to(session, pool_id)
    if "q" in query:  # would find by what is masked
        raise BadRequest("q", "unknown_parameter", "There is no parameter 'q' here.")
    with acting_as(SYSTEM):  # nobody's leads are in nobody's reach: who sees them is decided by the pool
        page = _POOLED.page(select(Lead).where(Lead.pool_id == pool_id), query, session)
    return page | {"data": [shown(pool, lead) for lead in page["data"]]}


@api.get(
    "/pools/<uuid:pool_id>/history", query=ListQuery, returns=schema.MoveOut, many=True, errors=(403, 404),
    extra_query=MOVES.parameters(),
)  # fmt: skip
def history(session: Session, pool_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    """What came into a pool and left it, newest first."""
    actions.open_to(session, pool_id)
    here = select(PoolMove).where(or_(PoolMove.pool_id == pool_id, PoolMove.from_pool_id == pool_id))
    return MOVES.page(here, query, session)


@api.get(
    "/leads/<uuid:lead_id>/pool-history", query=ListQuery, returns=schema.MoveOut, many=True, errors=(404,),
    extra_query=MOVES.parameters(),
)  # fmt: skip
def lead_history(session: Session, lead_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    """The pools that a lead went through, newest first."""
    actions.lead_with_history(session, lead_id)
    return MOVES.page(select(PoolMove).where(PoolMove.lead_id == lead_id), query, session)


@api.post(f"{_ONE}/claim", returns=LeadOut, errors=(403, 404, 409))
def claim(session: Session, pool_id: UUID, lead_id: UUID) -> Lead:
    """Make a lead of the pool one's own; of many who try at once one succeeds."""
    return claiming.claim(session, pool_id, lead_id)


@api.post(f"{_ONE}/assign", body=schema.GiveIn, returns=LeadOut, errors=(403, 404, 409))
def assign(session: Session, pool_id: UUID, lead_id: UUID, body: dict[str, Any]) -> Lead:
    """Give a lead of the pool to a rep."""
    return claiming.assign(session, pool_id, lead_id, **body)


@api.post(f"{_ONE}/transfer", body=schema.TransferIn, returns=LeadOut, errors=(403, 404, 409))
def transfer(session: Session, pool_id: UUID, lead_id: UUID, body: dict[str, Any]) -> Lead:
    """Move a lead to another pool."""
    return keeping.transfer(session, pool_id, lead_id, **body)


@api.post("/leads/<uuid:lead_id>/give-back", body=schema.ReturnIn, returns=LeadOut, errors=(403, 404, 409))
def give_back(session: Session, lead_id: UUID, body: dict[str, Any]) -> Lead:
    """Put a lead into a pool by hand."""
    return keeping.give_back(session, lead_id, **body)


@api.post("/leads/<uuid:lead_id>/protect", body=schema.ProtectIn, returns=LeadOut, errors=(403, 404, 409))
def protect(session: Session, lead_id: UUID, body: dict[str, Any]) -> Lead:
    """Lock the lead of a key account: it never goes back to a pool."""
    return keeping.protect(session, lead_id, **body)


@api.post("/leads/<uuid:lead_id>/unprotect", body=schema.ProtectIn, returns=LeadOut, errors=(403, 404, 409))
def unprotect(session: Session, lead_id: UUID, body: dict[str, Any]) -> Lead:
    """Take the lock off again."""
    return keeping.unprotect(session, lead_id, **body)
