"""Entitlements as they go out."""

from __future__ import annotations

from chassis.schema import Schema, fields


class EntitlementOut(Schema):
    id = fields.Id()
    name = fields.String()
    product = fields.String(allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    holder_name = fields.String(allow_none=True)
    starts_on = fields.Date()
    ends_on = fields.Date()
    version = fields.Integer()
    created_at = fields.Instant()
