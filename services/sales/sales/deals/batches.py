"""Many deals given other owners or territories at once, by a number of statements that does not grow with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from chassis import clock
from chassis.encoding import to_json
from chassis.events.bulk import Change, emit_many
from sales.deals.events import data_of
from sales.deals.model import Deal
from sales.reps.model import Rep
from sales.scoring.deals import DEALS
from sales.scoring.following import follow

_PLACE = text(
    "UPDATE deals SET owner_id = p.owner_id, team_id = p.team_id, territory_id = p.territory_id, updated_at = :now,"
    " version = deals.version + 1"
    " FROM jsonb_to_recordset(CAST(:places AS jsonb)) AS p (id uuid, owner_id uuid, team_id uuid, territory_id uuid)"
    " WHERE deals.id = p.id"
)


def place_deals(session: Session, places: Sequence[tuple[Deal, Rep | None, UUID | None]]) -> None:
    """Give locked deals a new owner (None: they keep theirs) and a territory, and score them anew: the team is
    a factor. Their events precede whatever is emitted otherwise in this transaction."""
    if not places:
        return
    session.flush()
    now = clock.now()
    rows = [_row(*place) for place in places]
    session.execute(_PLACE, {"places": to_json(rows).decode(), "now": now})
    for (deal, _, _), row in zip(places, rows, strict=True):
        values = {name: row[name] for name in ("owner_id", "team_id", "territory_id")}
        for name, value in (values | {"updated_at": now, "version": deal.version + 1}).items():
            set_committed_value(deal, name, value)
    told = [Change(f"deals/{deal.id}", deal.version, data_of(session, deal)) for deal, _, _ in places]
    emit_many(session, "deal.updated", told)
    follow(session, DEALS, [deal.id for deal, _, _ in places])


def _row(deal: Deal, rep: Rep | None, territory_id: UUID | None) -> dict[str, Any]:
    owner = (rep.id, rep.team_id) if rep else (deal.owner_id, deal.team_id)
    return {"id": deal.id, "owner_id": owner[0], "team_id": owner[1], "territory_id": territory_id}
