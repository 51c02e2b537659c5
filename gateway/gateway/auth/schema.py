"""What logging in takes and gives."""

from __future__ import annotations

from chassis.schema import Schema, fields


class LoginIn(Schema):
    email = fields.Text(required=True, max=320, metadata={"format": "email", "examples": ["rep@quintet.example"]})
    password = fields.String(required=True, metadata={"format": "password", "maxLength": 1024})


class RefreshIn(Schema):
    refresh_token = fields.Text(required=True, max=200)


class LogoutIn(Schema):
    refresh_token = fields.Text(max=200, allow_none=True)


class TokensOut(Schema):
    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds for which the access token counts."})


class PasswordIn(Schema):
    current_password = fields.String(required=True, metadata={"format": "password", "maxLength": 1024})
    new_password = fields.String(required=True, metadata={"format": "password", "maxLength": 256})


class MeOut(Schema):
    id = fields.Id(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.String(), required=True)
    scopes = fields.List(fields.String(), required=True)
    reach = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    team_id = fields.Id(required=True, allow_none=True)
    partner_id = fields.Id(required=True, allow_none=True)
    region = fields.String(required=True, allow_none=True)
    time_zone = fields.String(required=True, allow_none=True, metadata={"description": "Null: as the platform has it."})
    locale = fields.String(required=True, allow_none=True)


class SessionOut(Schema):
    id = fields.Id(required=True)
    began_at = fields.Instant(required=True)
    used_at = fields.Instant(required=True)
    expires_at = fields.Instant(required=True)
    address = fields.String(required=True)
    user_agent = fields.String(required=True)
    current = fields.Boolean(required=True, metadata={"description": "Whether it is the one that asks."})
