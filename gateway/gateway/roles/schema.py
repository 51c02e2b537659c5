from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from gateway.roles.rules import REACHES, SCOPES, known

SCOPES_DOC = {"description": "What holders may do.", "items": {"type": "string", "enum": sorted(SCOPES)}}
REACH_DOC = {
    "description": f"How far holders reach ({', '.join(REACHES)}), by service ({', '.join(known()[1:])}) or `default`.",
    "examples": [{"default": "own", "contacts": "all"}],
}


class RoleOut(Schema):
    id = fields.Id(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    reach = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    built_in = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    created_at = fields.Instant(required=True)
    updated_at = fields.Instant(required=True)


class RoleIn(Schema):
    key = fields.Text(required=True, max=64, validate=validate.Regexp(r"^[a-z][a-z0-9_]*\Z"))
    name = fields.Text(required=True, max=200)
    description = fields.Text(max=1000, load_default="")
    scopes = fields.List(fields.String(), required=True, metadata=SCOPES_DOC)
    reach = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict, metadata=REACH_DOC)


class RolePatch(Schema):
    name = fields.Text(max=200, min=1)
    description = fields.Text(max=1000)
    scopes = fields.List(fields.String(), metadata=SCOPES_DOC)
    reach = fields.Dict(keys=fields.String(), values=fields.String(), metadata=REACH_DOC)
