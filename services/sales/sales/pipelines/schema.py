"""What comes in and goes out about pipelines."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.pipelines.rules import KINDS


class StageIn(Schema):
    """A stage, in the order of the list. `id`: one that the pipeline has already. The probability of a stage
    that is won or lost is 100 or 0 by itself."""

    id = fields.Id()
    name = fields.Text(required=True, max=80)
    kind = fields.Text(load_default="open", validate=validate.OneOf(KINDS))
    probability = fields.Integer(validate=validate.Range(min=0, max=100))


class PipelineIn(Schema):
    """A new pipeline."""

    name = fields.Text(required=True, max=80)
    is_default = fields.Boolean(load_default=False)
    stages = fields.List(
        fields.Nested(StageIn(exclude=("id",))), required=True, validate=validate.Length(min=3, max=30)
    )


class PipelinePatch(Schema):
    """What can be changed of a pipeline. `stages` is the whole list: those left out are taken away."""

    name = fields.Text(min=1, max=80)
    is_default = fields.Boolean()
    stages = fields.List(fields.Nested(StageIn), validate=validate.Length(min=3, max=30))


class StageOut(Schema):
    """A stage; `probability` of winning from here, per cent."""

    id = fields.Id()
    name = fields.Text()
    kind = fields.Text(validate=validate.OneOf(KINDS))
    probability = fields.Integer()
    position = fields.Integer()


class PipelineOut(Schema):
    """A pipeline with its stages in order."""

    id = fields.Id()
    name = fields.Text()
    is_default = fields.Boolean()
    stages = fields.Nested(StageOut, many=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
