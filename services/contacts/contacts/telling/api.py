"""The route to tell of everybody again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.http import Api
from chassis.jobs import Job, JobOut
from contacts.telling import job

api = Api("telling", scope="contacts", internal=True)


@api.post("/tell-again", returns=JobOut, status=202, scope="gateway:admin")
def tell_again(session: Session) -> Job:
    """Tell the other services of all companies and people again, as they are now.

    For a service that was added later, or that keeps more of them than it did. Nothing changes here; who knows them
    already stays as they are. While such a job is under way, it is the answer.
    """
    return job.tell_again(session)
