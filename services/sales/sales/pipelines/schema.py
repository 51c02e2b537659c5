"""What comes in and goes out about pipelines."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.pipelines.rules import CHECKS, KINDS
from sales.stakeholders.rules import ROLES

DAYS = validate.Range(min=1, max=3650)


class CheckIn(Schema):
    """What has to be so before a deal goes on: an `item` that somebody ticks, a quote that was sent or accepted, an
    `interaction` in the last `days`, somebody with a `role` among its contacts. `key` names it within the stage."""

    key = fields.Text(required=True, max=40, validate=validate.Regexp(r"[a-z][a-z0-9_-]*\Z"))
    kind = fields.Text(load_default="item", validate=validate.OneOf(tuple(CHECKS)))
    label = fields.Text(required=True)
    days = fields.Integer(load_default=None, allow_none=True, validate=DAYS)
    role = fields.Text(load_default=None, allow_none=True, validate=validate.OneOf(ROLES))


class StageIn(Schema):
    """A stage, in the order of the list. The probability of a stage that is won or lost is 100 or 0 by itself."""

    name = fields.Text(required=True, max=80)
    kind = fields.Text(load_default="open", validate=validate.OneOf(KINDS))
    probability = fields.Integer(validate=validate.Range(min=0, max=100))
    max_days = fields.Integer(load_default=None, allow_none=True, validate=DAYS)
    required_fields = fields.List(fields.Text(min=1, max=80), load_default=list, validate=validate.Length(max=20))
    exit_checks = fields.List(fields.Nested(CheckIn), load_default=list, validate=validate.Length(max=20))


class ListedStageIn(StageIn):
    """A stage in the changed list of a pipeline. `id`: one that the pipeline has already; without, it is a new one."""

    id = fields.Id()


class PipelineIn(Schema):
    """A new pipeline."""

    name = fields.Text(required=True, max=80)
    is_default = fields.Boolean(load_default=False)
    idle_days = fields.Integer(allow_none=True, validate=DAYS)
    stages = fields.List(fields.Nested(StageIn), required=True, validate=validate.Length(min=3, max=30))


class PipelinePatch(Schema):
    """What can be changed of a pipeline. `stages` is the whole list: those left out are taken away."""

    name = fields.Text(min=1, max=80)
    is_default = fields.Boolean()
    idle_days = fields.Integer(allow_none=True, validate=DAYS)
    stages = fields.List(fields.Nested(ListedStageIn), validate=validate.Length(min=3, max=30))


class StageOut(Schema):
    """A stage; `probability` of winning from here, per cent."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": ("probability",)}

    id = fields.Id()
    name = fields.Text()
    kind = fields.Text(validate=validate.OneOf(KINDS))
    probability = fields.Integer()
    position = fields.Integer()
    max_days = fields.Integer(allow_none=True)
    required_fields = fields.List(fields.Text())
    exit_checks = fields.List(fields.Nested(CheckIn))


class PipelineOut(Schema):
    """A pipeline with its stages in order."""

    id = fields.Id()
    name = fields.Text()
    is_default = fields.Boolean()
    idle_days = fields.Integer(allow_none=True)
    stages = fields.Nested(StageOut, many=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
