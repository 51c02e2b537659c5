"""What comes in and goes out about cadences and follow-ups."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import validate

from chassis.copies import NOT_FOR_PARTNERS
from chassis.schema import Schema, fields
from sales.cadence.rules import CHANNELS, GRADES

_DAYS = validate.Range(min=1, max=3650)
_POSITION = validate.Range(min=0, max=1_000_000)


class TitlesIn(Schema):
    """What is to be done, by language. No personal data: titles are told to the other services."""

    en = fields.Text(min=1, max=200)
    zh = fields.Text(min=1, max=200)


class StepIn(Schema):
    """A step: due `days` after the last one that was done, over `channel` (left out: any)."""

    days = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=3650))
    channel = fields.Text(load_default=None, allow_none=True, validate=validate.OneOf(CHANNELS))
    titles = fields.Nested(TitlesIn, required=True)


_STEPS = validate.Length(min=1, max=20)


class CadencePatch(Schema):
    """What can be changed of a cadence; `steps` is the whole list."""

    name = fields.Text(min=1, max=80)
    position = fields.Integer(strict=True, validate=_POSITION)
    active = fields.Boolean()
    grades = fields.List(fields.Text(validate=validate.OneOf(GRADES)), validate=validate.Length(max=len(GRADES)))
    sources = fields.List(fields.Text(min=1, max=40), validate=validate.Length(max=50))
    steps = fields.List(fields.Nested(StepIn), validate=_STEPS)
    working_days = fields.Boolean()
    dormant_days = fields.Integer(strict=True, validate=_DAYS)
    recycle_after_days = fields.Integer(strict=True, allow_none=True, validate=_DAYS)
    escalate_after_days = fields.Integer(strict=True, allow_none=True, validate=_DAYS)


class CadenceIn(CadencePatch):
    """A new cadence."""

    name = fields.Text(required=True, max=80)
    position = fields.Integer(strict=True, load_default=0, validate=_POSITION)
    steps = fields.List(fields.Nested(StepIn), required=True, validate=_STEPS)
    dormant_days = fields.Integer(strict=True, load_default=30, validate=_DAYS)


class StepOut(Schema):
    """A step."""

    days = fields.Integer()
    channel = fields.Text(allow_none=True)
    titles = fields.Dict(keys=fields.String(), values=fields.String())


class CadenceOut(Schema):
    """A cadence."""

    id = fields.Id()
    name = fields.Text()
    position = fields.Integer()
    active = fields.Boolean()
    grades = fields.List(fields.Text())
    sources = fields.List(fields.Text())
    steps = fields.Nested(StepOut, many=True)
    working_days = fields.Boolean()
    dormant_days = fields.Integer()
    recycle_after_days = fields.Integer(allow_none=True)
    escalate_after_days = fields.Integer(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class DueOut(Schema):
    """A follow-up with its lead. Its id is also that of the task in contacts."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": NOT_FOR_PARTNERS}

    id = fields.Id()
    lead_id = fields.Id()
    lead_name = fields.Text(allow_none=True)
    person_id = fields.Id()
    owner_id = fields.Id(allow_none=True)
    step = fields.Integer()
    title = fields.Text()
    titles = fields.Dict(keys=fields.String(), values=fields.String())
    channel = fields.Text(allow_none=True)
    due_at = fields.Instant()
    state = fields.Text()
    escalated_at = fields.Instant(allow_none=True)
    escalated_to = fields.Id(allow_none=True)
