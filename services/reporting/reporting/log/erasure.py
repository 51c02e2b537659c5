"""Erasure of a person: the personal part goes from every event about them, and their name from all else.

What is told of them later reaches the log without it (`chassis.events.inbox`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, text, update
from sqlalchemy.orm import Session

from chassis.privacy import Scrubber
from chassis.privacy.erased import without_people
from reporting.log import intake, numbering
from reporting.log.model import Arrival, LoggedEvent

# A submission proposes an id for its person; who it really was, `contact.identified` says.
_SUBMISSIONS = text(
    """
    SELECT DISTINCT 'submissions/' || (data ->> 'submission_id') FROM event_log
    WHERE person_id = ANY(CAST(:people AS uuid[])) AND type = 'contact.identified' AND data ? 'submission_id'
    """
)
_NAMES = ("name", "email", "emails", "phone", "phones", "contact_name", "requester_name")


def erase_events(session: Session, people: Sequence[UUID]) -> int:
    """Take the personal part off every event about these people, in the log or on the way there (of a bundle, their
    share of it), and what names them out of the rest of its data; the number of events that changed. Nothing moves into
    the log meanwhile."""
    numbering.lock(session, wait=True)
    intake.write(session)
    submissions = session.scalars(_SUBMISSIONS, {"people": list(people)}).all()
    found = [
        (model, key, row)
        for model, key in ((LoggedEvent, LoggedEvent.position), (Arrival, Arrival.id))
        for row in session.execute(_about(model, key, people, submissions)).all()
    ]
    scrubber = Scrubber([part.get(name) for _, _, row in found for part in _theirs(row, people) for name in _NAMES])
    changed = 0
    for model, key, row in found:
        left = without_people({"personal": row.personal, **({"people": []} if row.person_ids else {})}, people)
        values = {"data": scrubber.value(row.data), "personal": left.get("personal") or None}
        if (values["data"], values["personal"]) != (row.data, row.personal):
            session.execute(update(model).where(key == row.place).values(values), execution_options=_PLAIN)
            changed += 1
    return changed


_PLAIN = {"synchronize_session": False}


def _about(model: Any, key: Any, people: Sequence[UUID], subjects: Sequence[str]) -> Any:
    of_many = and_(model.personal.is_not(None), model.person_ids.is_not(None), model.person_ids.overlap(people))
    about = or_(model.person_id.in_(people), model.subject.in_(subjects), of_many)
    return select(key.label("place"), model.data, model.personal, model.person_ids).where(about).order_by(key)


def _theirs(row: Any, people: Sequence[UUID]) -> list[dict[str, Any]]:
    """What of an event's personal part is about these people."""
    personal = row.personal or {}
    return [personal.get(str(one)) or {} for one in people] if row.person_ids else [personal]
