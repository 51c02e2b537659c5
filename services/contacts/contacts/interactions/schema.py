"""Interactions over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.interactions.rules import CHANNELS, DIRECTIONS


class WarningOut(Schema):
    """A colleague who was in touch with the same customer just before."""

    code = fields.String()
    message = fields.String()
    interaction_id = fields.Id()
    author_id = fields.Id()
    channel = fields.String()
    at = fields.String(metadata={"format": "date-time"})


class InteractionOut(Schema):
    """A contact with a customer."""

    id = fields.Id()
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    lead_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    ticket_id = fields.Id(allow_none=True)
    channel = fields.String(validate=validate.OneOf(CHANNELS))
    direction = fields.String(validate=validate.OneOf(DIRECTIONS))
    at = fields.Instant()
    duration_minutes = fields.Integer(allow_none=True)
    summary = fields.String()
    content = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    next_step = fields.String(allow_none=True)
    next_step_at = fields.Instant(allow_none=True)
    author_id = fields.Id(allow_none=True)
    source = fields.String()
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class LoggedOut(InteractionOut):
    """What was recorded, and `warnings` to read before the next call."""

    warnings = fields.Nested(WarningOut, many=True)


class InteractionFields(Schema):
    """What can be corrected about an interaction."""

    at = fields.Instant()
    duration_minutes = fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, 10_080))
    summary = fields.Text(max=300)
    content = fields.Text(max=20_000, allow_none=True)
    outcome = fields.Text(allow_none=True)
    next_step = fields.Text(max=500, allow_none=True)
    next_step_at = fields.Instant(allow_none=True)


class InteractionIn(InteractionFields):
    """A contact that took place; `at` is now unless told."""

    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    direction = fields.String(load_default="out", validate=validate.OneOf(DIRECTIONS))
    summary = fields.Text(max=300, load_default="")
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    lead_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    ticket_id = fields.Id(allow_none=True)


class InteractionPatch(InteractionFields):
    """Corrections of an interaction."""
