"""The routes of files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Answer, Api, Resource
from chassis.http.endpoint import check_version
from chassis.storage import form_with, sent_file, serve, storage
from contacts.files import actions, links
from contacts.files.model import File, FileVersion
from contacts.files.schema import FORM, FileIn, FileLinkOut, FileOut, FilePatch, FileVersionOut, VersionIn
from contacts.files.settings import max_body
from contacts.records import RECORDS

api = Api("files", scope="contacts")
FILES = Resource(
    File,
    path="files",
    read=FileOut,
    filters=(
        "kind",
        "record_id",
        "person_id",
        "company_id",
        "author_id",
        "media_type",
        "partner_visible",
        "created_at",
    ),
    sorts=("created_at", "name", "size"),
    where=actions.within_reach,
)
api.add(FILES)
CONTENT: dict[str, Any] = {"produces": "*/*", "also": (206, 304), "errors": (410, 416)}
UPLOAD: dict[str, Any] = {"consumes": ("multipart/form-data",), "max_body": max_body}
_PLURAL = {"person": "people", "company": "companies", "task": "tasks", "interaction": "interactions"}


def _routes_on(kind: str) -> None:
    """Attaching to one kind of record, and what is attached to it."""
    path = f"/{_PLURAL.get(kind, kind + 's')}/<uuid:record_id>/files"

    def attach(session: Session, record_id: UUID, body: dict[str, Any]) -> File:
        sent = sent_file()
        return actions.attach(session, kind, record_id, sent.stream, sent.filename or "", **body)

    def attached(session: Session, record_id: UUID) -> list[File]:
        load(session, RECORDS[kind], record_id)
        return actions.on_record(session, kind, record_id)

    attach.__doc__ = f"""Attach a file to a {kind}.

    What it is, is told by its content; the name must go with that. The same content is stored once."""
    attached.__doc__ = f"List the newest 500 files of a {kind}."
    api.post(path, body=FileIn, form=FORM, returns=FileOut, status=201, errors=(403, 404, 413), **UPLOAD)(attach)
    api.get(path, returns=FileOut, many=True, errors=(404,))(attached)


for _kind in RECORDS:
    _routes_on(_kind)


@api.patch("/files/<uuid:file_id>", body=FilePatch, returns=FileOut, errors=(403,))
def change_file(session: Session, file_id: UUID, body: dict[str, Any]) -> File:
    """Rename a file, or show it to partners or no more."""
    file = actions.find(session, file_id, to_change=True, lock=True)
    check_version(file)
    return actions.change(session, file, body)


@api.delete("/files/<uuid:file_id>", errors=(403,))
def remove_file(session: Session, file_id: UUID) -> None:
    """Delete a file with all its versions."""
    file = actions.find(session, file_id, to_change=True, lock=True)
    check_version(file)
    actions.remove(session, file)


@api.get("/files/<uuid:file_id>/content", **CONTENT)
def download(session: Session, file_id: UUID) -> Response:
    """Download a file in its latest version.

    `Range`, `If-Range` and `If-None-Match` are understood; the ETag is the SHA-256 of the content.
    """
    return _served(session, actions.version(session, file_id))


@api.get("/files/<uuid:file_id>/versions", returns=FileVersionOut, many=True)
def list_versions(session: Session, file_id: UUID) -> list[FileVersion]:
    """List the versions of a file, the latest first."""
    return actions.versions(session, file_id)


@api.post(
    "/files/<uuid:file_id>/versions", body=VersionIn, form=form_with(), returns=FileOut, status=201,
    errors=(403, 413), **UPLOAD,
)  # fmt: skip
def add_version(session: Session, file_id: UUID, body: dict[str, Any]) -> File:  # noqa: ARG001 - nothing beside the file
    """Send a new version of a file; those before stay."""
    sent = sent_file()
    return actions.add_version(session, file_id, sent.stream, sent.filename or "")


@api.get("/files/<uuid:file_id>/versions/<int(max=2147483647):number>/content", **CONTENT)
def download_version(session: Session, file_id: UUID, number: int) -> Response:
    """Download one version of a file."""
    return _served(session, actions.version(session, file_id, number))


@api.post("/files/<uuid:file_id>/versions/<int(max=2147483647):number>/restore", returns=FileOut, errors=(403,))
def restore_version(session: Session, file_id: UUID, number: int) -> File:
    """Make an older version the latest, as a version of its own."""
    return actions.restore(session, file_id, number)


@api.post("/files/<uuid:file_id>/links", scope="contacts:read", returns=FileLinkOut, status=201)
def open_link(session: Session, file_id: UUID) -> Answer:
    """Make a link under which a browser fetches the latest version, without a token and for a few minutes."""
    return _once(links.open_link(session, file_id))


@api.get("/public/files/<string(maxlength=64):token>", public=True, **CONTENT)
def fetch(session: Session, token: str) -> Response:
    """The content behind a link, for who has it."""
    return _served(session, links.by_token(session, token))


def _once(told: dict[str, Any]) -> Answer:
    return Answer(told, kept=told | {"token": None, "path": None})


def _served(session: Session, version: FileVersion) -> Response:
    return serve(
        storage(session), sha256=version.sha256, size=version.size, media=version.media_type, name=version.name
    )
