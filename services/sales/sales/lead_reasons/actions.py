"""Keep the list of reasons, and count them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.access import visible
from chassis.errors import Invalid
from sales.lead_reasons.model import LeadReason
from sales.leads.model import Lead, LeadChange
from sales.managers import require_manager


def create(session: Session, data: dict[str, Any]) -> LeadReason:
    """A new reason of a step."""
    require_manager("the reasons of leads")
    reason = LeadReason(**data)
    session.add(reason)
    return reason


def change(session: Session, reason: LeadReason, changes: dict[str, Any]) -> LeadReason:  # noqa: ARG001 - a use case
    """Call it otherwise, or take it off the list; leads that went for it keep it."""
    require_manager("the reasons of leads")
    for name, value in changes.items():
        setattr(reason, name, value)
    return reason


def find_reason(session: Session, reason_id: UUID, step: str) -> LeadReason:
    """The active reason of this step; Invalid where there is none."""
    reason = session.get(LeadReason, reason_id)
    if reason is None or not reason.active or reason.step != step:
        raise Invalid("reason_id", "unknown_reason", f"There is no reason with this id for a lead that is {step}.")
    return reason


def stats(session: Session, step: str, since: datetime | None = None, until: datetime | None = None) -> list[Any]:
    """How often each reason was given for `step` to leads within reach, most often first."""
    given = (
        select(LeadChange.reason_id, LeadReason.label, func.count().label("count"))
        .join(Lead, Lead.id == LeadChange.lead_id)
        .outerjoin(LeadReason, LeadReason.id == LeadChange.reason_id)
        .where(LeadChange.to_status == step)
        .group_by(LeadChange.reason_id, LeadReason.label)
    )
    given = given.where(LeadChange.at >= since) if since else given
    given = given.where(LeadChange.at < until) if until else given
    rows = session.execute(visible(given, Lead)).all()
    whole = sum(row[2] for row in rows)
    counted = [(row[2], row[1], row[0]) for row in rows]
    return [
        {"reason_id": id_, "label": label, "count": count, "share": round(Decimal(100 * count) / whole, 2)}
        for count, label, id_ in sorted(counted, key=lambda one: (-one[0], one[1] or ""))
    ]
