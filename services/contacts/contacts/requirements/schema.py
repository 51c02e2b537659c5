"""Required fields over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields


class RequiredOut(Schema):
    """What a new record of `entity` must have, by door."""

    id = fields.Id()
    entity = fields.String()
    api = fields.List(fields.String())
    form = fields.List(fields.String())
    version = fields.Integer()
    updated_at = fields.Instant()


class RequiredPatch(Schema):
    """The fields that a door requires; each list replaces the one before."""

    api = fields.List(fields.Text(max=50), validate=validate.Length(max=30))
    form = fields.List(fields.Text(max=50), validate=validate.Length(max=30))
