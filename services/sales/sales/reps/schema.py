"""What goes out about reps."""

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
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
