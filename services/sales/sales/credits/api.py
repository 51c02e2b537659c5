"""Routes of the credit of a deal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api
from sales.credits import actions, schema
from sales.credits.rules import Credit

_OF_DEAL = "/deals/<uuid:deal_id>/credits"

api = Api("deals", scope="sales", internal=True)


@api.get(_OF_DEAL, returns=schema.CreditOut, many=True, errors=(403, 404))
def show_credits(session: Session, deal_id: UUID) -> list[Credit]:
    """Who is credited with a deal: its owner, or as it was split."""
    return actions.show(session, deal_id)


@api.put(_OF_DEAL, body=schema.CreditsIn, returns=schema.CreditOut, many=True, guarded=False, errors=(403, 404))
def split_credit(session: Session, deal_id: UUID, body: dict[str, Any]) -> list[Credit]:
    """Split the credit of a deal between reps: the whole split at once."""
    return actions.split(session, deal_id, **body)
