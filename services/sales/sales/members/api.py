"""Routes of the team of a deal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api
from sales.members import actions, schema

_OF_DEAL = "/deals/<uuid:deal_id>/members"

api = Api("deals", scope="sales", internal=True)


@api.get(_OF_DEAL, returns=schema.MemberOut, many=True, errors=(403, 404))
def show_members(session: Session, deal_id: UUID) -> list[dict[str, Any]]:
    """Who works on a deal besides its owner."""
    return actions.show(session, deal_id)


@api.put(_OF_DEAL, body=schema.MembersIn, returns=schema.MemberOut, many=True, guarded=False, errors=(403, 404))
def set_members(session: Session, deal_id: UUID, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Say who works on a deal besides its owner, and reaches it by that: all of them at once."""
    return actions.set_members(session, deal_id, **body)
