"""Definitions of custom fields over the API."""

from __future__ import annotations

from typing import Any

from marshmallow import validate

from chassis.custom.definitions import TYPES
from chassis.schema import Schema, fields

KEY = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
_KEY = validate.Regexp(KEY, error="Not a valid key: small letters, digits and single _ between them.")
_LANGUAGES = validate.OneOf(("zh", "en"))


def _text(max: int = 200, **options: Any) -> fields.Dict:
    """A text in Chinese and English: `{"zh": "预算", "en": "Budget"}`."""
    some = validate.Length(min=1)
    return fields.Dict(
        keys=fields.String(validate=_LANGUAGES), values=fields.Text(min=1, max=max), validate=some, **options
    )


class Choice(Schema):
    """One choice, by `value`, called by its label."""

    value = fields.Text(min=1, max=100, required=True)
    label = _text()


class FieldRules(Schema):
    """What a value may be, besides its type. `min` and `max` of a number, an amount or a date (2026-05-31)."""

    required = fields.Boolean()
    unique = fields.Boolean(attribute="is_unique")
    indexed = fields.Boolean()
    personal = fields.Boolean()
    partner_visible = fields.Boolean()
    active = fields.Boolean()
    position = fields.Integer(strict=True, validate=validate.Range(0, 100_000))
    help = _text(1000, allow_none=True)
    default = fields.Raw(allow_none=True)
    choices = fields.List(fields.Nested(Choice), validate=validate.Length(max=500))
    min = fields.Raw(allow_none=True, metadata={"type": ["number", "string", "null"]})
    max = fields.Raw(allow_none=True, metadata={"type": ["number", "string", "null"]})
    min_length = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 5000))
    max_length = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 5000))
    pattern = fields.Text(min=1, max=500, allow_none=True)


class FieldIn(FieldRules):
    """A new field. `entity` is the table (`people`), `key` how it is called in `custom`.

    A reference names its `target`, money its `currency`: amounts of one field can then be compared. `pattern` is RE2,
    and must match the whole text. `indexed`: an index of its own, built in the background, serves ranges and order.
    `personal`: told to others only where an erasure reaches it."""

    entity = fields.Text(max=60, required=True)
    key = fields.String(required=True, validate=[validate.Length(max=40), _KEY])
    label = _text(required=True)
    type = fields.String(required=True, validate=validate.OneOf(TYPES))
    currency = fields.Currency()
    target = fields.Text(max=40)


class FieldPatch(FieldRules):
    """Changes of a field. `replace` says what becomes of choices that are dropped while records have them:
    `{"old": "new"}`, or null to take them away."""

    label = _text()
    type = fields.String(validate=validate.OneOf(TYPES))
    replace = fields.Dict(keys=fields.Text(max=100), values=fields.Text(max=100, allow_none=True))


class FieldOut(Schema):
    """A field. `job_id`: the job that builds its index, or brings records up to a change; look at `/jobs/{id}`."""

    id = fields.Id()
    entity = fields.String()
    key = fields.String()
    label = fields.Dict(keys=fields.String(), values=fields.String())
    help = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    type = fields.String(validate=validate.OneOf(TYPES))
    required = fields.Boolean()
    unique = fields.Boolean(attribute="is_unique")
    indexed = fields.Boolean()
    personal = fields.Boolean()
    partner_visible = fields.Boolean()
    active = fields.Boolean()
    deleting = fields.Boolean()
    position = fields.Integer()
    default = fields.Raw(allow_none=True)
    choices = fields.List(fields.Dict())
    min = fields.Raw(allow_none=True)
    max = fields.Raw(allow_none=True)
    min_length = fields.Integer(allow_none=True)
    max_length = fields.Integer(allow_none=True)
    pattern = fields.String(allow_none=True)
    currency = fields.String(allow_none=True)
    target = fields.String(allow_none=True)
    job_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
