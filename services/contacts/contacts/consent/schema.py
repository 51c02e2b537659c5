"""Consent over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields

_PURPOSE = validate.Regexp(r"^[a-z][a-z0-9_]{0,49}$", error="Must be lower-case letters, digits and underscores.")


class ConsentOut(Schema):
    """One decision. Of the decisions on a purpose, the latest `at` holds."""

    id = fields.Id()
    purpose = fields.String()
    granted = fields.Boolean()
    text = fields.String()
    at = fields.Instant()
    source = fields.String()
    evidence_id = fields.Id(allow_none=True)
    recorded_by = fields.Id(allow_none=True)
    created_at = fields.Instant()


class ConsentIn(Schema):
    """Consent that a person gave: `text` is what they were shown, word for word."""

    purpose = fields.String(required=True, validate=_PURPOSE)
    text = fields.Text(required=True, max=5000)
    at = fields.Instant()
    source = fields.Text(max=50, min=1)
    evidence_id = fields.Id(allow_none=True)


class WithdrawalIn(Schema):
    """Consent that a person took back. `text` may hold their words."""

    text = fields.Text(max=5000)
    at = fields.Instant()
    source = fields.Text(max=50, min=1)
    evidence_id = fields.Id(allow_none=True)
