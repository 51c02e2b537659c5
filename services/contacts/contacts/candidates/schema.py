"""Possible duplicates over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields


class DuplicateOut(Schema):
    """Two people who may be one: `score` 0 to 100, and why (`reasons`: code with likeness or value)."""

    id = fields.Id()
    low_id = fields.Id()
    high_id = fields.Id()
    score = fields.Integer()
    reasons = fields.List(fields.Dict())
    state = fields.String(validate=validate.OneOf(("open", "dismissed")))
    dismissed_by = fields.Id(allow_none=True)
    dismissed_at = fields.Instant(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
