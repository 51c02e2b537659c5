"""`/api/v1/audit`: who changed what, to read and to take away."""

from __future__ import annotations

from chassis.http import Api, Resource
from gateway.audit.model import AuditEntry
from gateway.audit.schema import AuditOut
from gateway.roles.rules import ADMIN

api = Api("audit", scope="gateway")
api.add(
    Resource(
        AuditEntry,
        path="audit",
        read=AuditOut,
        filters=(
            "actor_id", "actor_kind", "method", "path", "service", "entity", "entity_id", "action", "status", "address",
            "trace_id", "created_at",
        ),
        sorts=("created_at",),
        scope=ADMIN,
        exported=True,
    )
)  # fmt: skip
