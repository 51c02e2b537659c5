"""The route of all that waits for one's yes."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Api
from sales.approvals import listing, schema

api = Api("approvals", scope="sales", internal=True)


@api.get("/approvals", returns=schema.AwaitedOut, many=True)
def waiting(session: Session) -> list[dict[str, Any]]:
    """What waits for the caller's decision: quotes, expense reports and registrations, the oldest first."""
    return listing.waiting(session)
