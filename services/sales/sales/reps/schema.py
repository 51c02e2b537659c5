"""What comes in and goes out about reps."""

from __future__ import annotations

from chassis.schema import Schema, fields


class RepOut(Schema):
    """A user of the platform; `takes_leads`: active and a sales rep."""

    id = fields.Id()
    name = fields.Text()
    email = fields.Text(allow_none=True)
    team_id = fields.Id(allow_none=True)
    active = fields.Boolean()
    takes_leads = fields.Boolean()
    time_zone = fields.Text(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class ManagerIn(Schema):
    """Whom a rep reports to; null: whoever manages their team."""

    manager_id = fields.Id(required=True, allow_none=True)


class ReportingOut(Schema):
    """`manager_id`: who is named, null where it is whoever manages the team. `line`: all above, nearest first."""

    rep_id = fields.Id()
    manager_id = fields.Id(allow_none=True)
    line = fields.List(fields.Id())
