"""Whether a lead is worth a deal: need, budget, authority, timing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import actor, load
from chassis.instants import instant_text
from sales.leads import rules
from sales.leads.events import tell
from sales.leads.model import Lead
from sales.settings import settings


def qualify(session: Session, lead_id: UUID, found: dict[str, dict[str, Any]]) -> Lead:
    """Note what was found out about an open lead, by criterion; what is not named stays as it was."""
    lead = load(session, Lead, lead_id, lock=True)
    rules.check_open(lead.status)
    if budget := found.get("budget"):
        currency = budget.get("currency") or settings().currency
        found = found | {"budget": budget | money.in_units(budget, currency, "amount", at="budget.")}
    by, now = actor().id, clock.now()
    stamp = {"by": str(by) if by else None, "at": instant_text(now)}
    lead.qualification = lead.qualification | {name: _plain(values) | stamp for name, values in found.items()}
    lead.qualification_score = rules.qualification_score(levels(lead))
    lead.qualified_by, lead.qualified_at = by, now
    tell(session, "lead.qualified", lead, qualification=levels(lead), qualification_score=lead.qualification_score)
    return lead


def levels(lead: Lead) -> dict[str, str]:
    """Criterion -> how far it is met (yes, partly, no, unknown); those that were asked for."""
    return {name: found["level"] for name, found in lead.qualification.items()}


def check_convertible(lead: Lead) -> None:
    """Conflict (`not_qualified`) where the house asks for more than is known of the lead."""
    rules.check_qualified(lead.qualification_score, levels(lead), settings().qualification)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value is None else str(value) for name, value in values.items()}
