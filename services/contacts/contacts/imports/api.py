"""The route of imports."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from chassis.errors import Invalid
from chassis.http import Api
from chassis.jobs import Job, JobOut
from contacts.imports import actions
from contacts.imports.schema import FORM, ImportIn

api = Api("imports", scope="contacts")


@api.post(
    "/imports", body=ImportIn, returns=JobOut, status=202, consumes=("multipart/form-data",), form=FORM
)  # fmt: skip
def start_import(session: Session, body: dict[str, Any]) -> Job:
    """Import people from a CSV file.

    Columns are guessed from their headers, in Chinese and English; `mapping` corrects the guess. People are found by
    e-mail and phone: mode `create` leaves those who are here as they are, `update` takes only those, `upsert` does
    both. The same file again creates nothing. Watch `/jobs/{id}`; the rows that failed are at `/jobs/{id}/errors`, as a
    file to correct and send again. With `dry_run` the job's result says what would happen.
    """
    file = request.files.get("file")
    if file is None:
        raise Invalid("file", "required", "Send the file in the form field named file.")
    return actions.start(session, file.stream, **body)
