"""What of an import counts as unchanged, though it is another version by now."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.bulk import array_text
from contacts.people.model import Person
from contacts.settings import settings

# Whom an import left in the version before this one; of whom it made, nothing was kept until now. By the imports that
# can be undone, each with its people by the primary key: there is no index by person, so that imports pay none.
_FOLLOW = text(
    """
    INSERT INTO import_changes (job_id, person_id, version, before, points)
    SELECT i.job_id, i.person_id, p.version, '{}', '{}'
    FROM jobs AS j
    JOIN imported_people AS i ON i.job_id = j.id AND i.person_id = ANY(CAST(:ids AS uuid[]))
    JOIN people AS p ON p.id = i.person_id
    LEFT JOIN import_changes AS c ON c.job_id = i.job_id AND c.person_id = i.person_id
    WHERE j.kind = 'contacts.import' AND (j.ended_at IS NULL OR j.ended_at >= :since)
        AND coalesce(c.version, CASE WHEN i.created THEN 1 END) = p.version - 1
    ON CONFLICT (job_id, person_id) DO UPDATE SET version = excluded.version
    """
)


def still_as_imported(session: Session, people: Sequence[Person]) -> None:
    """These people (locked) are another version because their company is called otherwise: an import that left them as
    they were before can be undone all the same."""
    ids = array_text([str(person.id) for person in people])
    session.execute(_FOLLOW, {"ids": ids, "since": clock.now() - settings().undo_window})
