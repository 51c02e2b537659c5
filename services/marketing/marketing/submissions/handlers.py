"""What contacts tells of the people who posted."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.aliases import resolve
from chassis.events import Event, emit
from marketing.merged.model import MergedPerson
from marketing.submissions.model import Submission


def person_identified(session: Session, event: Event) -> None:
    """Keep who posted a submission; if a campaign brought it, tell that this person responded. Once per
    submission.
    """
    if not event.data.get("submission_id"):
        return
    submission = session.get(Submission, UUID(event.data["submission_id"]), with_for_update=True)
    if submission is None or submission.identified_at:
        return
    submission.person_id = resolve(session, MergedPerson, UUID(event.data["person_id"]))
    submission.identified_at = clock.now()
    if submission.campaign_id:
        data = {
            "campaign_id": submission.campaign_id,
            "person_id": submission.person_id,
            "submission_id": submission.id,
        }
        emit(session, "campaign.responded", submission, {name: str(value) for name, value in data.items()})
