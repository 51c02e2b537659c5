"""Routes of competitors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from sales.competitors import actions, schema
from sales.competitors.model import Competitor

_OF_DEAL = "/deals/<uuid:deal_id>/competitors"

api = Api("competitors", scope="sales", internal=True)
api.add(
    Resource(
        Competitor,
        path="competitors",
        read=schema.CompetitorOut,
        create=schema.CompetitorIn,
        update=schema.CompetitorPatch,
        filters=("name",),
        sorts=("name",),
        on_create=actions.add,
        delete=True,
        exported=True,
    )
)


@api.get(_OF_DEAL, returns=schema.RivalOut, many=True, errors=(403, 404))
def show_rivals(session: Session, deal_id: UUID) -> list[dict[str, Any]]:
    """With whom we compete for a deal."""
    return actions.show(session, deal_id)


@api.put(_OF_DEAL, body=schema.RivalsIn, returns=schema.RivalOut, many=True, guarded=False, errors=(403, 404))
def set_rivals(session: Session, deal_id: UUID, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Say with whom we compete for a deal: all of them at once."""
    return actions.set_rivals(session, deal_id, **body)
