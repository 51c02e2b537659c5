"""What a board of deals is asked for, and what it shows."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import validate

from chassis.schema import Schema, fields


class BoardQuery(Schema):
    """How many deals are shown per stage."""

    cards = fields.Integer(load_default=50, validate=validate.Range(min=0, max=200))


class SumOut(Schema):
    """What the open deals of a stage come to in one currency; `weighted` by its probability."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": ("weighted",)}

    currency = fields.Currency()
    amount = fields.Amount()
    weighted = fields.Amount()


class CardOut(Schema):
    """A deal as a board shows it."""

    id = fields.Id()
    name = fields.Text()
    amount = fields.Amount()
    currency = fields.Currency()
    priority = fields.Text()
    expected_close = fields.Date(allow_none=True)
    next_step = fields.Text(allow_none=True)
    next_step_on = fields.Date(allow_none=True)
    held_until = fields.Date(allow_none=True)
    stalled = fields.Boolean()
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    stage_entered_at = fields.Instant()
    version = fields.Integer()


class BoardStageOut(Schema):
    """A column of a board. `count` and `sums` are of all its open deals, `deals` those on top, in the order of
    the board."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": ("probability",)}

    stage_id = fields.Id()
    name = fields.Text()
    probability = fields.Integer()
    count = fields.Integer()
    sums = fields.Nested(SumOut, many=True)
    deals = fields.Nested(CardOut, many=True)


class BoardOut(Schema):
    """The open stages of a pipeline in order."""

    pipeline_id = fields.Id()
    name = fields.Text()
    stages = fields.Nested(BoardStageOut, many=True)
