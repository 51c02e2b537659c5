"""What other services tell, folded into the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.db.aliases import resolve_many
from chassis.events import Event
from chassis.privacy import among
from contacts.merging.model import Tombstone
from contacts.timeline import actions
from contacts.timeline.rules import TITLES, kept, title


def fold(session: Session, *events: Event) -> None:
    """One entry per event, at the time when it happened: in whatever order events come, the timeline reads right. Of
    somebody who was erased there is none. A number of statements that does not grow with them."""
    told = [event for event in events if event.type in TITLES]
    named = {id_ for event in told for name in ("person_id", "company_id") if (id_ := _id(event, name))}
    erased, now = among(session, named), resolve_many(session, Tombstone, named)
    living = [event for event in told if _id(event, "person_id") not in erased]
    actions.record_all(session, [_entry(event, now) for event in living])


def _entry(event: Event, now: Mapping[UUID, UUID]) -> actions.Entry:
    person_id, company_id = _id(event, "person_id"), _id(event, "company_id")
    return actions.entry(
        event.id,
        event.type,
        title(event.type, event.data),
        at=event.time,
        person_id=now[person_id] if person_id else None,
        company_id=now[company_id] if company_id else None,
        data=kept(event.data),
        actor_id=UUID(event.actorid) if event.actorid else None,
    )


def _id(event: Event, name: str) -> UUID | None:
    return UUID(event.data[name]) if event.data.get(name) else None
