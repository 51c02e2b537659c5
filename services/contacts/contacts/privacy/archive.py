"""The archive of an export: a zip with one JSON file per service, the files that were attached to the person, and a
manifest; made anew each time it is fetched."""

from __future__ import annotations

import tempfile
import zipfile
from collections import defaultdict
from typing import IO, Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import Conflict, Gone
from chassis.privacy.exporting import assemble
from chassis.storage import storage
from contacts.base import SERVICE
from contacts.privacy.model import ExportPart, PrivacyRequest
from contacts.privacy.saga import about
from contacts.sensitive.keyring import keyring

_IN_MEMORY = 8 * 1024 * 1024  # bytes; what is more goes to a file meanwhile
_FORMAT = "quintet-personal-data/1"


def archive(session: Session, request_id: UUID) -> IO[bytes]:
    """The zip, to be read and closed. Conflict while a service is outstanding, Gone once it has expired, Unavailable
    where the storage of files does not answer."""
    request = load(session, PrivacyRequest, request_id)
    if request.kind != "access" or request.state in ("open", "running", "rejected"):
        raise Conflict("not_ready", f"The {request.kind} request is {request.state}.", outstanding=request.outstanding)
    if request.secret is None:
        raise Gone("expired", "The archive has expired; open another request.")
    private = keyring().decrypt(request.secret, about(request.id))
    files = {f"{service}.json": assemble(private, parts) for service, parts in _parts(session, request).items()}
    out: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
        attached = [_attach(session, zipped, version) for version in _versions(files)]
        zipped.writestr("manifest.json", _manifest(request, files, attached))
    out.seek(0)
    return out


def _versions(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """The files of the person that lie in our storage, as they stand in what was collected: each content once."""
    rows = orjson.loads(files[f"{SERVICE.name}.json"]).get("file_versions", ())
    return list({row["sha256"]: row for row in rows}.values())


def _attach(session: Session, zipped: zipfile.ZipFile, version: dict[str, Any]) -> dict[str, Any]:
    """Put one file into the zip, and say so; `lost` where the storage has it no more."""
    name = f"files/{version['sha256']}/{version['name']}"
    try:
        pieces = storage(session).open(version["sha256"], 0, version["size"])
    except Gone:
        return {"name": name, "bytes": 0, "lost": True}
    with zipped.open(name, "w", force_zip64=True) as entry:
        for piece in pieces:
            entry.write(piece)
    return {"name": name, "bytes": version["size"], "lost": False}


def _parts(session: Session, request: PrivacyRequest) -> dict[str, list[tuple[dict[str, object], bytes]]]:
    wanted = {answer.service: answer.parts for answer in request.services}
    rows = session.scalars(
        select(ExportPart).where(ExportPart.request_id == request.id).order_by(ExportPart.service, ExportPart.part)
    )
    found: dict[str, list[tuple[dict[str, object], bytes]]] = defaultdict(list)
    for row in rows:
        data = {"request_id": request.id, "service": row.service, "part": row.part, "parts": wanted[row.service]}
        found[row.service].append((data, row.content))
    return found


def _manifest(request: PrivacyRequest, files: dict[str, bytes], attached: list[dict[str, Any]]) -> bytes:
    listed = [
        {"name": name, "bytes": len(content), "tables": {t: len(rows) for t, rows in orjson.loads(content).items()}}
        for name, content in files.items()
    ]
    told = {
        "format": _FORMAT,
        "request_id": request.id,
        "person_ids": request.person_ids,
        "received_at": request.received_at,
        "collected_at": request.done_at,
        "files": listed,
        "attached": attached,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)
