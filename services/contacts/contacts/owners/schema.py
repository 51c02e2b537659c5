"""The history of owners over the API."""

from __future__ import annotations

from chassis.schema import Schema, fields


class OwnerChangeOut(Schema):
    """A change of owner, team or partner company: from whom, to whom, by whom, why, when."""

    at = fields.Instant()
    from_owner_id = fields.Id(allow_none=True)
    from_owner = fields.String(allow_none=True)
    from_team_id = fields.Id(allow_none=True)
    from_partner_id = fields.Id(allow_none=True)
    to_owner_id = fields.Id(allow_none=True)
    to_owner = fields.String(allow_none=True)
    to_team_id = fields.Id(allow_none=True)
    to_partner_id = fields.Id(allow_none=True)
    by_id = fields.Id(allow_none=True)
    why = fields.String(allow_none=True)
    hand_over_id = fields.Id(allow_none=True)
