"""What comes in and goes out about territories."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields

_POSITION = validate.Range(min=0, max=1_000_000)


class TerritoryIn(Schema):
    """A new territory. Territories are tried in the order of `position`; without one it is the last. Its
    members are user ids."""

    name = fields.Text(required=True, max=80)
    position = fields.Integer(validate=_POSITION)
    country = fields.CountryCode(allow_none=True, load_default=None)
    postcode_prefix = fields.Text(max=12, allow_none=True, load_default=None)
    active = fields.Boolean(load_default=True)
    member_ids = fields.List(fields.Id(), load_default=list, validate=validate.Length(max=500))


class TerritoryPatch(Schema):
    """What can be changed of a territory; `member_ids` is the whole list."""

    name = fields.Text(min=1, max=80)
    position = fields.Integer(validate=_POSITION)
    country = fields.CountryCode(allow_none=True)
    postcode_prefix = fields.Text(max=12, allow_none=True)
    active = fields.Boolean()
    member_ids = fields.List(fields.Id(), validate=validate.Length(max=500))


class TerritoryOut(Schema):
    """A territory."""

    id = fields.Id()
    name = fields.Text()
    position = fields.Integer()
    country = fields.CountryCode(allow_none=True)
    postcode_prefix = fields.Text(allow_none=True)
    active = fields.Boolean()
    member_ids = fields.List(fields.Id())
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
