"""Many deals given other owners or territories at once, by a number of statements that does not grow with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.db.updating import update_many
from sales.deals.events import tell_many
from sales.deals.model import Deal
from sales.reps.model import Rep


def place_deals(session: Session, places: Sequence[tuple[Deal, Rep | None, UUID | None]]) -> None:
    """Give locked deals a new owner (None: they keep theirs) and a territory, told of by the hundred (`deals.changed`),
    and score them anew: the team is a factor. Their events precede whatever is emitted otherwise in this
    transaction."""
    session.flush()
    update_many(session, {deal: _placed(rep, territory_id) for deal, rep, territory_id in places})
    tell_many(session, "deals.changed", [deal for deal, _, _ in places])


def _placed(rep: Rep | None, territory_id: UUID | None) -> dict[str, Any]:
    owner = {"owner_id": rep.id, "team_id": rep.team_id} if rep else {}
    return owner | {"territory_id": territory_id}
