from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from gateway.roles.schema import REACH_DOC, SCOPES_DOC

LONGEST_OVERLAP = 7 * 86400
_RATE = {
    "description": "A rate limit of its own: 100/second, 20000/minute, off. Left out, the usual one.",
    "examples": ["600/minute"],
}


class ClientOut(Schema):
    id = fields.Id(required=True, metadata={"description": "The client_id."})
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    reach = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    team_id = fields.Id(required=True, allow_none=True)
    partner_id = fields.Id(required=True, allow_none=True)
    rate_limit = fields.String(required=True, allow_none=True)
    active = fields.Boolean(required=True)
    old_until = fields.Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.Instant(required=True)
    updated_at = fields.Instant(required=True)


class ClientIn(Schema):
    name = fields.Text(required=True, max=200)
    scopes = fields.List(fields.String(), required=True, metadata=SCOPES_DOC)
    reach = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict, metadata=REACH_DOC)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    rate_limit = fields.Text(max=40, allow_none=True, metadata=_RATE)


class ClientPatch(Schema):
    name = fields.Text(max=200, min=1)
    scopes = fields.List(fields.String(), metadata=SCOPES_DOC)
    reach = fields.Dict(keys=fields.String(), values=fields.String(), metadata=REACH_DOC)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    rate_limit = fields.Text(max=40, allow_none=True, metadata=_RATE)
    active = fields.Boolean()


class RotateIn(Schema):
    keep_old_for = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LONGEST_OVERLAP),
        metadata={"description": "Seconds for which the old secret counts too."},
    )


class SecretOut(ClientOut):
    client_id = fields.Id(required=True)
    client_secret = fields.String(required=True, metadata={"description": "Shown this once and kept nowhere."})
