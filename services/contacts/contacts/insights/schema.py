"""Insights over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.insights.rules import DAYS_MAX, KINDS


class InsightOut(Schema):
    """One thing that a colleague knows. `current`: it holds, neither replaced nor retracted."""

    id = fields.Id()
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    kind = fields.String(validate=validate.OneOf(tuple(KINDS)))
    choice = fields.String(allow_none=True)
    days = fields.Integer(allow_none=True)
    text = fields.String(allow_none=True)
    current = fields.Boolean()
    author_id = fields.Id(allow_none=True)
    created_at = fields.Instant()
    retracted_at = fields.Instant(allow_none=True)
    retracted_by = fields.Id(allow_none=True)


class InsightIn(Schema):
    """What a colleague knows: `choice` for influence, budget_style and preferred_channel, `days` for decision_cycle,
    `text` for all others (and as a remark)."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    choice = fields.Text(max=50)
    days = fields.Integer(strict=True, validate=validate.Range(0, DAYS_MAX))
    text = fields.Text(max=2000)


class HistoryQuery(Schema):
    """`history=true` also shows what was replaced or retracted."""

    history = fields.Boolean(load_default=False)
