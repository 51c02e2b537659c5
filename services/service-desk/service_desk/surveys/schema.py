"""Surveys as they come in and go out."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import validate

from chassis.copies import NOT_FOR_PARTNERS
from chassis.schema import Schema, fields


class SurveyOut(Schema):
    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": NOT_FOR_PARTNERS}

    id = fields.Id()
    ticket_id = fields.Id()
    person_id = fields.Id(allow_none=True)
    kind = fields.String()
    score = fields.Integer(allow_none=True)
    comment = fields.String(allow_none=True)
    answered_at = fields.Instant(allow_none=True)
    expires_at = fields.Instant()
    version = fields.Integer()
    created_at = fields.Instant()


class SurveySent(Schema):
    """The link for the customer. The token is shown this once; of it only a hash is kept."""

    id = fields.Id()
    token = fields.String(allow_none=True, metadata={"description": "null in the answer to a repeated request."})
    link = fields.String(allow_none=True)
    expires_at = fields.Instant()


class SurveyPage(Schema):
    """What whoever holds the link sees: nothing that names a person."""

    number = fields.String(metadata={"description": "Number of the ticket."})
    subject = fields.String()
    kind = fields.String()
    lowest = fields.Integer()
    highest = fields.Integer()
    expires_at = fields.Instant()
    answered = fields.Boolean()
    score = fields.Integer(allow_none=True)
    answered_at = fields.Instant(allow_none=True)


class AnswerIn(Schema):
    score = fields.Integer(required=True, strict=True, validate=validate.Range(1, 5))
    comment = fields.Text(max=2_000, allow_none=True, load_default=None)
