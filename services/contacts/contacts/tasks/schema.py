"""Tasks over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.tasks.rules import PRIORITIES, STATES


class TaskOut(Schema):
    """A task."""

    id = fields.Id()
    title = fields.String()
    note = fields.String(allow_none=True)
    due_at = fields.Instant()
    priority = fields.String(validate=validate.OneOf(PRIORITIES))
    state = fields.String(validate=validate.OneOf(STATES))
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    lead_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    source = fields.String()
    outcome = fields.String(allow_none=True)
    completed_at = fields.Instant(allow_none=True)
    completed_by = fields.Id(allow_none=True)
    reminded_at = fields.Instant(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class TaskFields(Schema):
    """What can be said of a task."""

    note = fields.Text(max=5000, allow_none=True)
    priority = fields.String(validate=validate.OneOf(PRIORITIES))
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    lead_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    owner_id = fields.Id(allow_none=True)


class TaskIn(TaskFields):
    """A new task, for the one who enters it unless `owner_id` says otherwise."""

    title = fields.Text(required=True)
    due_at = fields.Instant(required=True)


class TaskPatch(TaskFields):
    """Changes of an open task."""

    title = fields.Text(min=1)
    due_at = fields.Instant()


class CompletionIn(Schema):
    """How it went."""

    outcome = fields.Text(max=500, allow_none=True)
