"""The routes of imports."""

from __future__ import annotations

from typing import IO, Any
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

from chassis.errors import Invalid
from chassis.http import Api, Resource
from chassis.jobs import Job, JobOut
from contacts.imports import actions, profiles, undo
from contacts.imports.model import ImportProfile
from contacts.imports.schema import FILE_FORM, FORM, FileIn, ImportIn, PreviewOut, ProfileIn, ProfileOut, ProfilePatch

api = Api("imports", scope="contacts")
api.add(
    Resource(
        ImportProfile,
        path="import-profiles",
        read=ProfileOut,
        create=ProfileIn,
        update=ProfilePatch,
        filters=("name",),
        sorts=("created_at", "name"),
        on_create=profiles.create,
        on_update=profiles.change,
        on_delete=profiles.remove,
    )
)


@api.post(
    "/imports", body=ImportIn, returns=JobOut, status=202, consumes=("multipart/form-data",), form=FORM
)  # fmt: skip
def start_import(session: Session, body: dict[str, Any]) -> Job:
    """Import people from a CSV or XLSX file.

    Columns are guessed from their headers, in Chinese and English; `mapping` corrects the guess. People are found by
    e-mail and phone: mode `create` leaves those who are here as they are, `update` takes only those, `upsert` does
    both. The same file again creates nothing. Watch `/jobs/{id}`; the rows that failed are at `/jobs/{id}/errors`, as a
    file to correct and send again. With `dry_run` the job's result says what would happen.
    """
    return actions.start(session, _file(), **body)


@api.post("/imports/preview", body=FileIn, returns=PreviewOut, consumes=("multipart/form-data",), form=FILE_FORM)
def preview_import(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Show how a file would be read: which column is what, and its first ten rows as they would become.

    Nothing is stored and nobody looked up. Correct with `mapping` what is wrong, keep it as a profile, then import.
    """
    return actions.preview(session, _file(), **body)


@api.post("/imports/<uuid:job_id>/undo", returns=JobOut, status=202, errors=(404, 409))
def undo_import(session: Session, job_id: UUID) -> Job:
    """Take a whole import back: whom it made is deleted, whom it changed is as before.

    Who was changed or used since stays, and is in the errors file of the job with the reason. While an undo of this
    import is under way, it is the answer; later it may be asked for again.
    """
    return undo.start(session, job_id)


def _file() -> IO[bytes]:
    file = request.files.get("file")
    if file is None:
        raise Invalid("file", "required", "Send the file in the form field named file.")
    return file.stream
