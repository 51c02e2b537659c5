"""Two people of contacts became one, or were parted again: what names them here follows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.db.aliases import Following
from chassis.events import Event
from marketing.merged.model import MergedPerson
from marketing.submissions.model import Submission

PEOPLE = Following(MergedPerson, (Submission.person_id,))


def current(session: Session, person_id: UUID) -> UUID:
    """Whom this id stands for."""
    return PEOPLE.current(session, person_id)


def people_merged(session: Session, event: Event) -> None:
    """What names the loser names the survivor from now on. Known before any of it was, it holds for what comes."""
    PEOPLE.heard_merged(session, event)


def people_parted(session: Session, event: Event) -> None:
    """What had followed the loser goes back; what was added since stays with the survivor."""
    PEOPLE.heard_unmerged(session, event)
