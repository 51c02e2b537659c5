"""Writing and reading the timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.access import actor
from contacts.timeline.model import TimelineEntry


def record(
    session: Session,
    id: UUID,
    type_: str,
    title: str,
    *,
    at: datetime,
    person_id: UUID | None = None,
    company_id: UUID | None = None,
    data: dict[str, Any] | None = None,
    actor_id: UUID | None = None,
) -> None:
    """Write the entry for what `id` names, or write it anew: an entry says how things stand now. `type_` is that of
    the event (`deal.won`); its first word is the entry's kind."""
    if person_id is None and company_id is None:
        return
    values = {
        "person_id": person_id,
        "company_id": company_id,
        "at": at,
        "kind": type_.partition(".")[0],
        "type": type_,
        "title": title[:300],
        "actor_id": actor_id or actor().id,
        "data": data or {},
    }
    new = insert(TimelineEntry).values(id=id, **values)
    session.execute(new.on_conflict_do_update(index_elements=["id"], set_=values))


def retitle(session: Session, id: UUID, type_: str, title: str, at: datetime) -> None:
    """Bring the entry of something that changed up to date, if it has one."""
    session.execute(update(TimelineEntry).where(TimelineEntry.id == id).values(type=type_, title=title[:300], at=at))
