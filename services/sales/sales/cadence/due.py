"""What is due, for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, true
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import visible
from chassis.errors import BadRequest
from chassis.zones import day_ends
from sales.cadence.model import FollowUp
from sales.leads.model import Lead
from sales.reps.actions import my_zone

_OF_LEAD = (Lead.id, Lead.name, Lead.person_id, Lead.owner_id)


def within_reach() -> ColumnElement[bool]:
    """Of the follow-ups those whose lead the caller reaches."""
    mine = visible(select(Lead.id), Lead)
    return true() if mine.whereclause is None else FollowUp.lead_id.in_(mine)


def by_due(session: Session, word: str) -> ColumnElement[bool]:
    """Planned and `overdue`, due by the end of the caller's `today` or within a `week`."""
    now = clock.now()
    ends: dict[str, datetime] = {
        "overdue": now,
        "today": day_ends(now, my_zone(session)),
        "week": now + timedelta(days=7),
    }
    if word not in ends:
        raise BadRequest("due", "invalid", "One of overdue, today, week.")
    return (FollowUp.state == "planned") & (FollowUp.due_at < ends[word])


def by_owner(text: str) -> ColumnElement[bool]:
    """Of the leads of this rep."""
    try:
        owner_id = UUID(text)
    except ValueError:
        raise BadRequest("owner_id", "not_valid", "Not an identifier.") from None
    return FollowUp.lead_id.in_(select(Lead.id).where(Lead.owner_id == owner_id))


def with_leads(session: Session, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """The follow-ups as DueOut shows them."""
    wanted = select(*_OF_LEAD).where(Lead.id.in_({row.lead_id for row in rows}))
    leads = {id_: about for id_, *about in session.execute(wanted)}
    shown = []
    for row in rows:
        name, person_id, owner_id = leads[row.lead_id]
        shown.append({**row._mapping, "lead_name": name, "person_id": person_id, "owner_id": owner_id})
    return shown
