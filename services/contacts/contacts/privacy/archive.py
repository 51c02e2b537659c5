"""The archive of an export: a zip with one JSON file per service and a manifest, made anew each time it is fetched."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import Conflict, Gone
from chassis.privacy.exporting import assemble
from contacts.privacy.model import ExportPart, PrivacyRequest
from contacts.privacy.saga import about
from contacts.sensitive.keyring import keyring

_FORMAT = "quintet-personal-data/1"


def archive(session: Session, request_id: UUID) -> bytes:
    """The zip. Conflict while a service is outstanding, Gone once it has expired."""
    request = load(session, PrivacyRequest, request_id)
    if request.kind != "access" or request.state in ("open", "running", "rejected"):
        raise Conflict("not_ready", f"The {request.kind} request is {request.state}.", outstanding=request.outstanding)
    if request.secret is None:
        raise Gone("expired", "The archive has expired; open another request.")
    private = keyring().decrypt(request.secret, about(request.id))
    files = {f"{service}.json": assemble(private, parts) for service, parts in _parts(session, request).items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("manifest.json", _manifest(request, files))
        for name, content in files.items():
            zipped.writestr(name, content)
    return out.getvalue()


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


def _manifest(request: PrivacyRequest, files: dict[str, bytes]) -> bytes:
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
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)
