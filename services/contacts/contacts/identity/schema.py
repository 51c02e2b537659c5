"""Calls over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.interactions.rules import DIRECTIONS, LONGEST_MINUTES
from contacts.interactions.schema import LoggedOut
from contacts.people.schema import PersonOut
from contacts.points.schema import PhoneField


class CallIn(Schema):
    """A call as a telephone system or a colleague tells of it. `phone` is the other side's number; `name` is needed
    where several share it."""

    phone = PhoneField(required=True)
    name = fields.Text(min=1)
    company_name = fields.Text(min=1)
    campaign_id = fields.Id()
    direction = fields.String(load_default="in", validate=validate.OneOf(DIRECTIONS))
    at = fields.Instant()
    duration_minutes = fields.Integer(strict=True, validate=validate.Range(0, LONGEST_MINUTES))
    summary = fields.Text(max=300, load_default="")
    content = fields.Text(max=20_000)
    outcome = fields.Text()
    next_step = fields.Text(max=500)
    next_step_at = fields.Instant()


class CallOut(Schema):
    """Who it was, whether they were here before (`matched`), and what was logged with its warnings."""

    person = fields.Nested(PersonOut)
    matched = fields.Boolean()
    interaction = fields.Nested(LoggedOut)
