"""What users look like from outside. Never a password or its hash."""

from __future__ import annotations

from chassis.schema import Schema, fields

_ROLES = {"description": "Keys of roles, such as sales_rep."}


class UserOut(Schema):
    id = fields.Id(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    region = fields.String(required=True, allow_none=True)
    team_id = fields.Id(required=True, allow_none=True)
    partner_id = fields.Id(required=True, allow_none=True)
    last_login_at = fields.Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.Instant(required=True)
    updated_at = fields.Instant(required=True)


class UserIn(Schema):
    email = fields.Email(required=True)
    name = fields.Text(required=True, max=200)
    password = fields.String(
        metadata={"format": "password", "description": "Left out, the user cannot log in until one is set."}
    )
    roles = fields.List(fields.Text(max=64), load_default=list, metadata=_ROLES)
    region = fields.Text(max=100, allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)


class UserPatch(Schema):
    email = fields.Email()
    name = fields.Text(max=200, min=1)
    roles = fields.List(fields.Text(max=64), metadata=_ROLES)
    region = fields.Text(max=100, allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)


class NewPasswordIn(Schema):
    password = fields.String(required=True, metadata={"format": "password"})
