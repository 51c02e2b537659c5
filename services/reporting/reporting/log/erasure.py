"""Erasure of a person: the personal part goes from every event about them, also from those still to come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from reporting.log.model import ErasedPerson

# Who was deleted in contacts is not to live on here either.
ERASURES = {("/contacts", "contact.erased"), ("/contacts", "contact.deleted")}

# A submission proposes an id for its person; who it really was, `contact.identified` says.
_REDACT = text(
    """
    WITH people AS (SELECT unnest(CAST(:people AS uuid[])) AS id),
    submissions AS (
        SELECT DISTINCT 'submissions/' || (data ->> 'submission_id') AS subject
        FROM event_log JOIN people ON people.id = event_log.person_id
        WHERE type = 'contact.identified' AND data ? 'submission_id'
    )
    UPDATE event_log SET personal = NULL
    WHERE personal IS NOT NULL
      AND (person_id IN (SELECT id FROM people) OR subject IN (SELECT subject FROM submissions))
    """
)
# In a bundle only these people's part goes; it stands by their ids.
_REDACT_BUNDLES = text(
    """
    UPDATE event_log SET personal = personal - CAST(CAST(:people AS uuid[]) AS text[])
    WHERE personal IS NOT NULL AND person_ids IS NOT NULL AND person_ids && CAST(:people AS uuid[])
    """
)
_ERASED_AMONG = text("SELECT person_id FROM erased_people WHERE person_id = ANY(CAST(:people AS uuid[]))")


def redact(session: Session, placed: Sequence[Any]) -> None:
    """Redact what the erasures among the events just `placed` ask for, and what came late about erased people."""
    people = sorted({person for row in placed for person in (row.person_id, *(row.person_ids or ())) if person})
    if not people:
        return
    erased = {row.person_id for row in placed if (row.source, row.type) in ERASURES} - {None}
    if erased:
        now = clock.now()
        rows = [{"person_id": person, "erased_at": now} for person in sorted(erased)]
        session.execute(insert(ErasedPerson).values(rows).on_conflict_do_nothing())
    known = session.scalars(_ERASED_AMONG, {"people": people}).all()
    if known:
        for statement in (_REDACT, _REDACT_BUNDLES):
            session.execute(statement, {"people": list(known)})
