"""Merges over the API."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from chassis.schema import Schema, fields
from contacts.people.schema import PersonOut

MAX_LOSERS = 20


class MergeIn(Schema):
    """Who is merged into the person of the path, and whose value survives by field (`{"name": "<person id>"}`).

    Fields: name, job_title, company, location, note, lifecycle, source, owner, email and phone (the primary ones), and
    `custom.<key>`. What is not chosen stays the survivor's, or the loser's where the survivor has none.
    """

    loser_id = fields.Id()
    loser_ids = fields.List(fields.Id(), validate=validate.Length(1, MAX_LOSERS))
    choices = fields.Dict(data_key="fields", keys=fields.Text(max=50), values=fields.Id(), load_default=dict)
    dry_run = fields.Boolean(load_default=False)

    @validates_schema
    def _somebody(self, data: dict[str, Any], **_: Any) -> None:
        if bool(data.get("loser_id")) == bool(data.get("loser_ids")):
            raise ValidationError("Give loser_id or loser_ids.", "loser_id")


class MergeOut(Schema):
    """One merge. `state` is done or undone; `changed`: of the survivor, column -> [before, after]."""

    id = fields.Id()
    survivor_id = fields.Id()
    loser_id = fields.Id()
    state = fields.String(validate=validate.OneOf(("done", "undone")))
    changed = fields.Dict()
    merged_by = fields.Id(allow_none=True)
    created_at = fields.Instant()
    undone_at = fields.Instant(allow_none=True)
    undone_by = fields.Id(allow_none=True)


class MergedOut(Schema):
    """The person after the merge, and the merges that led there. With `dry_run`, as they would be."""

    person = fields.Nested(PersonOut)
    merges = fields.Nested(MergeOut, many=True)
