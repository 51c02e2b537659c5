"""What comes in and goes out about competitors."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.competitors.rules import OUTCOMES, THREATS


class CompetitorIn(Schema):
    """A new competitor."""

    name = fields.Text(required=True)
    website = fields.Url(allow_none=True, schemes={"http", "https"}, validate=validate.Length(max=500))
    strengths = fields.Text(max=4000, allow_none=True)
    weaknesses = fields.Text(max=4000, allow_none=True)


class CompetitorPatch(CompetitorIn):
    """What can be changed of one."""

    name = fields.Text(min=1)


class CompetitorOut(Schema):
    """A competitor."""

    id = fields.Id()
    name = fields.Text()
    website = fields.Text(max=500, allow_none=True)
    strengths = fields.Text(max=4000, allow_none=True)
    weaknesses = fields.Text(max=4000, allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class RivalIn(Schema):
    """A competitor in a deal."""

    competitor_id = fields.Id(required=True)
    threat = fields.Text(load_default="medium", validate=validate.OneOf(THREATS))
    outcome = fields.Text(load_default=None, allow_none=True, validate=validate.OneOf(OUTCOMES))
    note = fields.Text(load_default=None, max=1000, allow_none=True)


class RivalsIn(Schema):
    """All competitors in a deal: those left out are taken away."""

    competitors = fields.List(fields.Nested(RivalIn), required=True, validate=validate.Length(max=20))


class RivalOut(Schema):
    """A competitor in a deal."""

    competitor_id = fields.Id()
    name = fields.Text()
    threat = fields.Text(validate=validate.OneOf(THREATS))
    outcome = fields.Text(allow_none=True, validate=validate.OneOf(OUTCOMES))
    note = fields.Text(max=1000, allow_none=True)
