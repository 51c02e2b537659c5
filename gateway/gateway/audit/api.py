"""`/api/v1/audit`: who changed what, to read and to take away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from chassis.errors import BadRequest
from chassis.http import Api, Resource
from gateway.audit.export import as_csv, as_ndjson, rows
from gateway.audit.model import AuditEntry
from gateway.audit.schema import FORMATS, AuditOut, ExportQuery
from gateway.roles.rules import ADMIN
from gateway.runtime import here

api = Api("audit", scope="gateway")
ENTRIES = Resource(
    AuditEntry,
    path="audit",
    read=AuditOut,
    filters=(
        "actor_id", "actor_kind", "method", "path", "service", "entity", "entity_id", "action", "status", "address",
        "trace_id", "created_at",
    ),
    sorts=("created_at",),
    scope=ADMIN,
)  # fmt: skip


@api.get(
    "/audit/export",
    query=ExportQuery,
    produces="application/x-ndjson",
    also_produces=("text/csv",),
    scope=ADMIN,
)
def export(session: Session, query: dict[str, str]) -> Response:
    """The audit trail as NDJSON or CSV, with the filters of the list."""
    wanted = dict(query)
    form = wanted.pop("format", "ndjson")
    if form not in FORMATS:
        raise BadRequest("format", "not_a_choice", f"Must be one of {', '.join(FORMATS)}.")
    ENTRIES.spec.page(ENTRIES.statement(), wanted | {"limit": "1"}, session)  # what is wrong is said before the answer
    database, statement = here().database, ENTRIES.statement()

    def page(asked: Mapping[str, str]) -> dict[str, Any]:
        with database.reading() as reading:
            return ENTRIES.spec.page(statement, asked, reading)

    found = rows(page, wanted)
    body, media = (as_csv(found), "text/csv") if form == "csv" else (as_ndjson(found), "application/x-ndjson")
    return Response(body, mimetype=media, headers={"Content-Disposition": f'attachment; filename="audit.{form}"'})


api.add(ENTRIES)
