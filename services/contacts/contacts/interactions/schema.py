"""Interactions over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.interactions.rules import CHANNELS, DIRECTIONS, LONGEST_MINUTES

MAX_PARTICIPANTS = 50


class WarningOut(Schema):
    """A colleague who was in touch just before with the same customer, or (`same_person` false) with somebody else of
    the same company."""

    code = fields.String()
    message = fields.String()
    same_person = fields.Boolean()
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
    person_ids = fields.List(fields.Id())
    user_ids = fields.List(fields.Id())
    task_id = fields.Id(allow_none=True)
    appointment_id = fields.Id(allow_none=True)
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
    duration_minutes = fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, LONGEST_MINUTES))
    summary = fields.Text(max=300)
    content = fields.Text(max=20_000, allow_none=True)
    outcome = fields.Text(allow_none=True)
    next_step = fields.Text(max=500, allow_none=True)
    next_step_at = fields.Instant(allow_none=True)


class InteractionIn(InteractionFields):
    """A contact that took place; `at` is now unless told. `person_id` is whom it was with, `person_ids` and `user_ids`
    who took part besides. `plan_task` makes a task of the next step."""

    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    direction = fields.String(load_default="out", validate=validate.OneOf(DIRECTIONS))
    summary = fields.Text(max=300, load_default="")
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    lead_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    ticket_id = fields.Id(allow_none=True)
    person_ids = fields.List(fields.Id(), validate=validate.Length(0, MAX_PARTICIPANTS))
    user_ids = fields.List(fields.Id(), validate=validate.Length(0, MAX_PARTICIPANTS))
    plan_task = fields.Boolean(load_default=False)


class AppointmentLogIn(InteractionFields):
    """How an appointment went; what is left out is known from it."""

    channel = fields.String(load_default="visit", validate=validate.OneOf(CHANNELS))
    plan_task = fields.Boolean(load_default=False)


class InteractionPatch(InteractionFields):
    """Corrections of an interaction."""


class CorrectionOut(Schema):
    """What somebody changed about an interaction: field -> [before, after]."""

    at = fields.Instant()
    actor_id = fields.Id(allow_none=True)
    changes = fields.Dict()


class OutcomeOut(Schema):
    """What may come of an interaction by one of `channels` (none: any)."""

    id = fields.Id()
    name = fields.String()
    channels = fields.List(fields.String(validate=validate.OneOf(CHANNELS)))
    active = fields.Boolean()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class OutcomePatch(Schema):
    """Changes of a choice."""

    name = fields.Text(min=1, max=100)
    channels = fields.List(fields.String(validate=validate.OneOf(CHANNELS)))
    active = fields.Boolean()


class OutcomeIn(OutcomePatch):
    """A new choice."""

    name = fields.Text(required=True, max=100)
