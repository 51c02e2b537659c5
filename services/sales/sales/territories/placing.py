"""Whose a customer would be, without giving anything."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from sales.assignment.giving import give
from sales.deals.model import Deal
from sales.leads.model import Lead
from sales.matching.facts import facts_of
from sales.territories.reading import areas_in_force
from sales.territories.rules import matching, why


def place(session: Session, facts: dict[str, Any]) -> dict[str, Any]:
    """The territories that hold a customer of whom this is known, the winner first; whose turn it is."""
    found = matching(areas_in_force(session), facts)
    (given,) = give(session, [facts], dry_run=True)
    return {
        "territories": [
            {"id": a.id, "name": a.name, "place": a.place, "priority": a.priority, "managers": list(a.managers)}
            for a in found
        ],
        "reason": why(found),
        "owner_id": given.rep.id if given.rep else None,
        "assignment": given.why,
    }


def territory_of(session: Session, record: Lead | Deal) -> UUID | None:
    """The territory that a lead or deal belongs to by what is known of its customer, whoever owns it."""
    areas = areas_in_force(session)
    if not areas:
        return None
    (facts,) = facts_of(session, [record])
    found = matching(areas, facts)
    return found[0].id if found else None
