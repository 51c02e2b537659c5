"""Hand-overs over the API."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from chassis.schema import Schema, fields
from contacts.handovers.rules import INCLUDED


class MovedOut(Schema):
    """Where another service stands: since when it is asked, and how many of each kind it has moved."""

    service = fields.String()
    state = fields.String(metadata={"enum": ["outstanding", "answered"]})
    asked_at = fields.Instant()
    answered_at = fields.Instant(allow_none=True)
    moved = fields.Dict()


class HandOverOut(Schema):
    """A hand-over: running while contacts moves its part (`moved` counts it), waiting while one of the other `services`
    is `outstanding`, then done. A dry run has no id, and `moved` says what would move here now."""

    id = fields.Id(allow_none=True)
    from_user_id = fields.Id()
    to_user_ids = fields.List(fields.String())
    by_team = fields.Dict()
    include = fields.List(fields.String())
    reason = fields.String()
    state = fields.String(validate=validate.OneOf(("planned", "running", "waiting", "done")))
    moved = fields.Dict()
    services = fields.List(fields.Nested(MovedOut))
    outstanding = fields.List(fields.String())
    job_id = fields.Id(allow_none=True)
    requested_by = fields.Id(allow_none=True)
    ended_at = fields.Instant(allow_none=True)
    version = fields.Integer(allow_none=True)
    created_at = fields.Instant(allow_none=True)
    updated_at = fields.Instant(allow_none=True)


class HandOverIn(Schema):
    """Everything of a user goes to another (`to_user_id`), to several in turn (`to_user_ids`), or to the user's deputy
    where nobody is named; what belongs to a team of `by_team` (team id to user id) goes to that team's."""

    from_user_id = fields.Id(required=True)
    to_user_id = fields.Id()
    to_user_ids = fields.List(fields.Id(), validate=validate.Length(1, 50))
    by_team = fields.Dict(keys=fields.Id(), values=fields.Id(), load_default=dict)
    reason = fields.Text(required=True, max=500)
    include = fields.List(
        fields.String(validate=validate.OneOf(INCLUDED)),
        load_default=lambda: list(INCLUDED),
        validate=validate.Length(1),
    )
    dry_run = fields.Boolean(load_default=False)

    @validates_schema
    def _one_way(self, data: dict[str, Any], **_: Any) -> None:
        if "to_user_id" in data and "to_user_ids" in data:
            raise ValidationError("Give to_user_id or to_user_ids.", "to_user_id")


class DeputyOut(Schema):
    """Who takes over what is the user `id`'s when that user leaves."""

    id = fields.Id()
    deputy_id = fields.Id()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class DeputyIn(Schema):
    """Who takes over from a user."""

    deputy_id = fields.Id(required=True)
