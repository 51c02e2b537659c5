from __future__ import annotations

from chassis.schema import Schema, fields


class TeamOut(Schema):
    id = fields.Id(required=True)
    name = fields.String(required=True)
    region = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.Instant(required=True)
    updated_at = fields.Instant(required=True)


class TeamIn(Schema):
    name = fields.Text(required=True, max=200)
    region = fields.Text(max=100, allow_none=True)


class TeamPatch(Schema):
    name = fields.Text(max=200, min=1)
    region = fields.Text(max=100, allow_none=True)
