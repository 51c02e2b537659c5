"""What other services tell, folded into the timeline."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.db.aliases import resolve
from chassis.events import Event
from chassis.privacy import among
from contacts.merging.model import Tombstone
from contacts.timeline import actions
from contacts.timeline.rules import TITLES, kept, title


def fold(session: Session, event: Event) -> None:
    """One entry per event, at the time when it happened: in whatever order events come, the timeline reads right. Of
    somebody who was erased there is none."""
    if event.type not in TITLES:
        return
    person_id, company_id = _id(event, "person_id"), _id(event, "company_id")
    if person_id and among(session, [person_id]):
        return
    actions.record(
        session,
        event.id,
        event.type,
        title(event.type, event.data),
        at=event.time,
        person_id=resolve(session, Tombstone, person_id) if person_id else None,
        company_id=resolve(session, Tombstone, company_id) if company_id else None,
        data=kept(event.data),
        actor_id=UUID(event.actorid) if event.actorid else None,
    )


def _id(event: Event, name: str) -> UUID | None:
    return UUID(event.data[name]) if event.data.get(name) else None
