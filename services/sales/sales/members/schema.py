"""What comes in and goes out about the team of a deal."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.members.rules import ACCESS, ROLES


class MemberIn(Schema):
    """A user or a team. `read` sees the deal, `write` changes it, `owner` also decides who else works on it; from
    `until` on they do not."""

    user_id = fields.Id(load_default=None, allow_none=True)
    team_id = fields.Id(load_default=None, allow_none=True)
    role = fields.Text(load_default="sales", validate=validate.OneOf(ROLES))
    access = fields.Text(load_default="write", validate=validate.OneOf(ACCESS))
    until = fields.Instant(load_default=None, allow_none=True)


class MembersIn(Schema):
    """The whole team besides the owner: those left out are no longer in it."""

    members = fields.List(fields.Nested(MemberIn), required=True, validate=validate.Length(max=50))


class MemberOut(Schema):
    """A user or a team that works on a deal."""

    user_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    name = fields.Text(allow_none=True)
    role = fields.Text(validate=validate.OneOf(ROLES))
    access = fields.Text(validate=validate.OneOf(ACCESS))
    until = fields.Instant(allow_none=True)
    granted_by = fields.Id(allow_none=True)
