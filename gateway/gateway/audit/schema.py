from __future__ import annotations

from chassis.schema import Schema, fields


class AuditOut(Schema):
    id = fields.Id(required=True)
    created_at = fields.Instant(required=True)
    actor_id = fields.Id(required=True, allow_none=True)
    actor_kind = fields.String(required=True)
    actor_name = fields.String(required=True, allow_none=True)
    method = fields.String(required=True)
    path = fields.String(required=True)
    service = fields.String(required=True)
    entity = fields.String(required=True, allow_none=True)
    entity_id = fields.Id(required=True, allow_none=True)
    action = fields.String(required=True, allow_none=True)
    status = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Null where the gateway ended before it knew."},
    )
    duration_ms = fields.Integer(required=True, allow_none=True)
    address = fields.String(required=True)
    user_agent = fields.String(required=True, allow_none=True)
    trace_id = fields.String(required=True, allow_none=True)
    details = fields.Raw(required=True, allow_none=True, metadata={"type": ["object", "null"]})
