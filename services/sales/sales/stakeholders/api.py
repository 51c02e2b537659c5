"""Routes of the people of a deal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api
from sales.stakeholders import actions, schema

_OF_DEAL = "/deals/<uuid:deal_id>/contacts"

api = Api("deals", scope="sales")


@api.get(_OF_DEAL, returns=schema.ContactOut, many=True, errors=(404,))
def show_contacts(session: Session, deal_id: UUID) -> list[dict[str, Any]]:
    """The people of a deal, and what part each has in the decision."""
    return actions.show(session, deal_id)


@api.put(_OF_DEAL, body=schema.ContactsIn, returns=schema.ContactOut, many=True, guarded=False, errors=(403, 404))
def set_contacts(session: Session, deal_id: UUID, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Say who has a part in a deal: all of them at once."""
    return actions.set_contacts(session, deal_id, **body)
