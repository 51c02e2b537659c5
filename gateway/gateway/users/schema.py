"""What users look like from outside. Never a password or its hash."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields

# BCP 47 as far as programs go by it: language, script, region.
_LOCALE = validate.Regexp(
    r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$", error="Not a valid locale, such as zh-CN or en."
)
_ROLES = {"description": "Keys of roles, such as sales_rep."}


class UserOut(Schema):
    id = fields.Id(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    region = fields.String(required=True, allow_none=True)
    time_zone = fields.String(required=True, allow_none=True)
    locale = fields.String(required=True, allow_none=True)
    team_id = fields.Id(required=True, allow_none=True)
    partner_id = fields.Id(required=True, allow_none=True)
    last_login_at = fields.Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.Instant(required=True)
    updated_at = fields.Instant(required=True)


class PreferencesIn(Schema):
    """`time_zone`: where a day begins for the user; null: where the platform has it."""

    time_zone = fields.TimeZone(allow_none=True)
    locale = fields.String(allow_none=True, validate=_LOCALE)


class UserIn(PreferencesIn):
    email = fields.Email(required=True)
    name = fields.Text(required=True, max=200)
    password = fields.String(
        metadata={"format": "password", "description": "Left out, the user cannot log in until one is set."}
    )
    roles = fields.List(fields.Text(max=64), load_default=list, metadata=_ROLES)
    region = fields.Text(max=100, allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)


class UserPatch(PreferencesIn):
    email = fields.Email()
    name = fields.Text(max=200, min=1)
    roles = fields.List(fields.Text(max=64), metadata=_ROLES)
    region = fields.Text(max=100, allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)


class NewPasswordIn(Schema):
    password = fields.String(required=True, metadata={"format": "password"})
