"""Routes of territories."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from sales.territories import actions, schema
from sales.territories.model import Territory
from sales.territories.placing import place
from sales.territories.rollup import branches

api = Api("territories", scope="sales", internal=True)
api.add(
    Resource(
        Territory,
        path="territories",
        read=schema.TerritoryOut,
        create=schema.TerritoryIn,
        update=schema.TerritoryPatch,
        filters=("name", "country", "active", "parent_id"),
        sorts=("position", "name"),
        default_sort="position",
        on_create=actions.create,
        on_update=actions.change,
        on_delete=actions.remove,
        exported=True,
    )
)


@api.post("/territories/match", body=schema.PlaceIn, returns=schema.MatchOut, scope="sales:read")
def match(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Whose a customer would be."""
    return place(session, body)


@api.get("/territories/tree", returns=schema.BranchOut, many=True)
def tree(session: Session) -> list[dict[str, Any]]:
    """The tree of territories with the open leads and deals in each, and the sums of all below."""
    return branches(session)
