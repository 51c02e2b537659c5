"""Many leads handed over at once, by a number of statements that does not grow with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from chassis import clock
from chassis.encoding import to_json
from chassis.events.bulk import Change, emit_many
from sales.cadence.actions import end_many, plan_many
from sales.leads.events import data_of
from sales.leads.model import Lead
from sales.leads.rules import WORKED
from sales.reps.actions import Taker
from sales.reps.model import Rep

_COLUMNS = ("owner_id", "team_id", "territory", "territory_id", "assignment")
_GIVE = text(
    "UPDATE leads SET owner_id = g.owner_id, team_id = g.team_id, territory = g.territory,"
    " territory_id = g.territory_id, assignment = g.assignment, assigned_at = :now, updated_at = :now,"
    " version = leads.version + 1"
    " FROM jsonb_to_recordset(CAST(:gifts AS jsonb))"
    " AS g (id uuid, owner_id uuid, team_id uuid, territory text, territory_id uuid, assignment jsonb)"
    " WHERE leads.id = g.id"
)


_PLACE = text(
    "UPDATE leads SET territory_id = p.territory_id, updated_at = :now, version = leads.version + 1"
    " FROM jsonb_to_recordset(CAST(:places AS jsonb)) AS p (id uuid, territory_id uuid) WHERE leads.id = p.id"
)


class Gift(NamedTuple):
    """A locked lead, who gets it, and the explanation."""

    lead: Lead
    rep: Rep | Taker
    why: dict[str, Any]


def hand_over_many(session: Session, gifts: Sequence[Gift]) -> None:
    """`hand_over` for many leads. Their events precede whatever is emitted otherwise in this transaction."""
    if not gifts:
        return
    session.flush()
    now = clock.now()
    end_many(session, [gift.lead for gift in gifts if gift.lead.assigned_at])
    rows = [_row(gift) for gift in gifts]
    session.execute(_GIVE, {"gifts": to_json(rows).decode(), "now": now})
    for gift, row in zip(gifts, rows, strict=True):
        values = {name: row[name] for name in _COLUMNS}
        values |= {"assigned_at": now, "updated_at": now, "version": gift.lead.version + 1}
        for name, value in values.items():
            set_committed_value(gift.lead, name, value)
    told = [
        Change(f"leads/{lead.id}", lead.version, data_of(session, lead, rule=lead.assignment)) for lead, _, _ in gifts
    ]
    emit_many(session, "lead.assigned", told)
    plan_many(session, [gift.lead for gift in gifts if gift.lead.status in WORKED], now)


def place_leads(session: Session, places: Sequence[tuple[Lead, UUID | None]]) -> None:
    """Put locked leads into other territories; their owners stay."""
    if not places:
        return
    session.flush()
    now = clock.now()
    rows = [{"id": lead.id, "territory_id": territory_id} for lead, territory_id in places]
    session.execute(_PLACE, {"places": to_json(rows).decode(), "now": now})
    for lead, territory_id in places:
        values = {"territory_id": territory_id, "updated_at": now, "version": lead.version + 1}
        for name, value in values.items():
            set_committed_value(lead, name, value)
    told = [Change(f"leads/{lead.id}", lead.version, data_of(session, lead)) for lead, _ in places]
    emit_many(session, "lead.updated", told)


def _row(gift: Gift) -> dict[str, Any]:
    lead, rep, why = gift
    return {
        "id": lead.id,
        "owner_id": rep.id,
        "team_id": rep.team_id,
        "territory": why["territory"],
        "territory_id": UUID(why["territory_id"]) if why.get("territory_id") else lead.territory_id,
        "assignment": why,
    }
