"""What comes in and goes out about reasons."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.lead_reasons.model import STEPS

_DAYS = validate.Range(min=1, max=3650)


class ReasonIn(Schema):
    """A new reason; `recycle_after_days`: when a lead that goes for it comes back into the queue."""

    step = fields.Text(required=True, validate=validate.OneOf(STEPS))
    label = fields.Text(required=True, max=100)
    active = fields.Boolean(load_default=True)
    recycle_after_days = fields.Integer(strict=True, allow_none=True, validate=_DAYS)


class ReasonPatch(Schema):
    """What can be changed of a reason; it keeps its step."""

    label = fields.Text(min=1, max=100)
    active = fields.Boolean()
    recycle_after_days = fields.Integer(strict=True, allow_none=True, validate=_DAYS)


class ReasonOut(Schema):
    """A reason."""

    id = fields.Id()
    step = fields.Text()
    label = fields.Text()
    active = fields.Boolean()
    recycle_after_days = fields.Integer(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class StatsQuery(Schema):
    """Of which steps since when (inclusive) and until when (exclusive)."""

    step = fields.Text(load_default="lost", validate=validate.OneOf(STEPS))
    since = fields.Instant()
    until = fields.Instant()


class StatsOut(Schema):
    """How often a reason was given. `reason_id` None: words of one's own."""

    reason_id = fields.Id(allow_none=True)
    label = fields.Text(allow_none=True)
    count = fields.Integer()
    share = fields.Decimal(as_string=True, metadata={"description": "Per cent of all, two places."})
