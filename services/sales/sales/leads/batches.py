"""Many leads handed over at once, by a number of statements that does not grow with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.updating import update_many
from sales.cadence.actions import cancel, plan_steps
from sales.cadence.choosing import choose_many
from sales.cadence.rules import plan
from sales.leads.events import tell_many
from sales.leads.model import Lead
from sales.leads.rules import WORKED
from sales.reps.actions import Taker
from sales.reps.model import Rep


class Gift(NamedTuple):
    """A locked lead, who gets it, and the explanation."""

    lead: Lead
    rep: Rep | Taker
    why: dict[str, Any]


def hand_over_many(session: Session, gifts: Sequence[Gift]) -> None:
    """`hand_over` for many leads that lie in no pool, told of by the hundred (`leads.assigned`). Their events precede
    whatever is emitted otherwise in this transaction."""
    if not gifts:
        return
    session.flush()
    now = clock.now()
    cancel(session, [gift.lead for gift in gifts if gift.lead.assigned_at])
    worked = [gift.lead for gift in gifts if gift.lead.status in WORKED]
    chosen = choose_many(session, worked)
    cadences = {lead: choice.noted(now) for lead, choice in zip(worked, chosen, strict=True)}
    update_many(
        session, {gift.lead: _given(gift) | {"assigned_at": now} | cadences.get(gift.lead, {}) for gift in gifts}
    )
    tell_many(session, "leads.assigned", [gift.lead for gift in gifts], rule=lambda lead: lead.assignment)
    plan_steps(
        session,
        [(lead, plan(choice.rhythm, lead.follow_step, now)) for lead, choice in zip(worked, chosen, strict=True)],
    )


def place_leads(session: Session, places: Sequence[tuple[Lead, UUID | None]]) -> None:
    """Put locked leads into other territories; their owners stay. Told of by the hundred (`leads.changed`)."""
    session.flush()
    update_many(session, {lead: {"territory_id": territory_id} for lead, territory_id in places})
    tell_many(session, "leads.changed", [lead for lead, _ in places])


def _given(gift: Gift) -> dict[str, Any]:
    lead, rep, why = gift
    return {
        "owner_id": rep.id,
        "team_id": rep.team_id,
        "territory": why["territory"],
        "territory_id": UUID(why["territory_id"]) if why.get("territory_id") else lead.territory_id,
        "assignment": why,
    }
