"""What belongs to a deal and is said all at once: its lines, people, competitors, credits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sales.deals.events import tell
from sales.deals.model import Deal


def replace(session: Session, deal: Deal, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    """Make `rows` of `model` those of a locked deal, instead of what it had. The deal is another version by that."""
    deal.touch()
    session.execute(delete(model).where(model.deal_id == deal.id), execution_options={"synchronize_session": False})
    session.add_all([model(deal_id=deal.id, **row) for row in rows])
    tell(session, "deal.updated", deal)
