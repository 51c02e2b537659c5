"""Routes of what waits for one's yes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api
from sales.approvals import listing, schema
from sales.deals.model import Deal

api = Api("approvals", scope="sales", internal=True)


@api.get("/approvals", returns=schema.AwaitedOut, many=True)
def waiting(session: Session) -> list[dict[str, Any]]:
    """What waits for the caller's decision: quotes, expense reports and registrations, the oldest first."""
    return listing.waiting(session)


@api.get("/approvals/<uuid:quote_id>/deal", returns=schema.QuotedDealOut, errors=(404,))
def quoted_deal(session: Session, quote_id: UUID) -> Deal:
    """What who decides on a quote needs to know of its deal, for all who reach the quote."""
    return listing.deal_of(session, quote_id)
