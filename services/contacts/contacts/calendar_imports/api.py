"""The route that takes a calendar over."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Api
from chassis.jobs import Job, JobOut
from chassis.storage import sent_file
from contacts.calendar_imports import running
from contacts.calendar_imports.schema import FORM, CalendarIn

api = Api("calendar_imports", scope="contacts")


@api.post(
    "/calendar/import", body=CalendarIn, returns=JobOut, status=202, consumes=("multipart/form-data",), form=FORM,
    errors=(403,),
)  # fmt: skip
def import_calendar(session: Session, body: dict[str, Any]) -> Job:
    """Take the events of an iCalendar file over into your calendar.

    The same event again changes what it became where it is newer by its SEQUENCE, and is never planned twice. Watch
    `/jobs/{id}`; the events that could not be taken over are at `/jobs/{id}/errors`, each with the reason.
    """
    return running.start(session, sent_file().stream, **body)
