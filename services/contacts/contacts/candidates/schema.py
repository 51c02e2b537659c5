"""Possible duplicates over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.merging.rules import STRATEGIES

KINDS = ("person", "company")


class DuplicateOut(Schema):
    """Two records who may be one: `score` 0 to 100, why (`reasons`: code with likeness or value), and whether nothing
    speaks against it (`exact`)."""

    id = fields.Id()
    low_id = fields.Id()
    high_id = fields.Id()
    score = fields.Integer()
    reasons = fields.List(fields.Dict())
    exact = fields.Boolean()
    state = fields.String(validate=validate.OneOf(("open", "dismissed")))
    dismissed_by = fields.Id(allow_none=True)
    dismissed_at = fields.Instant(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class DismissIn(Schema):
    """The pairs to dismiss."""

    ids = fields.List(fields.Id(), required=True, validate=validate.Length(1, 200))


class MergePairIn(Schema):
    """How a pair is merged: as POST /people/{id}/merge, the loser being the other one."""

    survivor_id = fields.Id()
    choices = fields.Dict(data_key="fields", keys=fields.Text(max=100), values=fields.Id(), load_default=dict)
    strategy = fields.String(validate=validate.OneOf(STRATEGIES), load_default="survivor")
    dry_run = fields.Boolean(load_default=False)


class MergeRuleIn(Schema):
    """Whether exact pairs of a kind are merged without asking."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    enabled = fields.Boolean(required=True)


class MergeRuleOut(Schema):
    """Whether exact pairs of a kind are merged without asking, and who said so."""

    kind = fields.String(validate=validate.OneOf(KINDS))
    enabled = fields.Boolean()
    changed_by = fields.Id(allow_none=True)
    changed_at = fields.Instant(allow_none=True)
