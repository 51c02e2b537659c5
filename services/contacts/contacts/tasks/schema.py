"""Tasks over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.tasks.rules import LONGEST_REMINDER, MAX_REMINDERS, PRIORITIES, SERIES_STATES, STATES


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
    remind_before = fields.List(fields.Integer())
    escalate_after = fields.Integer(allow_none=True)
    escalate_to = fields.Id(allow_none=True)
    escalated_at = fields.Instant(allow_none=True)
    series_id = fields.Id(allow_none=True)
    occurrence_at = fields.Instant(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


_MINUTES = validate.Range(0, LONGEST_REMINDER)


class TaskFields(Schema):
    """What can be said of a task. `remind_before`: minutes before it is due. `escalate_after`: minutes overdue until it
    is escalated."""

    note = fields.Text(max=5000, allow_none=True)
    priority = fields.String(validate=validate.OneOf(PRIORITIES))
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    lead_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    remind_before = fields.List(
        fields.Integer(strict=True, validate=_MINUTES), validate=validate.Length(0, MAX_REMINDERS)
    )
    escalate_after = fields.Integer(strict=True, allow_none=True, validate=_MINUTES)
    escalate_to = fields.Id(allow_none=True)


class RecurrenceIn(Schema):
    """How it comes again: an RRULE of RFC 5545, at most once a day; reckoned on the wall of `time_zone`, yours
    where none is named."""

    rule = fields.Text(required=True, max=300)
    time_zone = fields.String()


class TaskIn(TaskFields):
    """A new task, for the one who enters it unless `owner_id` says otherwise."""

    title = fields.Text(required=True)
    due_at = fields.Instant(required=True)
    recurrence = fields.Nested(RecurrenceIn)


class TaskPatch(TaskFields):
    """Changes of an open task."""

    title = fields.Text(min=1)
    due_at = fields.Instant()


class FollowingIn(TaskPatch):
    """Changes of an open task and of all that follow it; `rule` and `time_zone` where they come otherwise from now
    on."""

    rule = fields.Text(max=300, min=1)
    time_zone = fields.String()


class CompletionIn(Schema):
    """How it went."""

    outcome = fields.Text(max=500, allow_none=True)


class BulkCompletionIn(CompletionIn):
    """Which tasks, and how they went."""

    ids = fields.List(fields.Id(), required=True, validate=validate.Length(1, 200))


class PassedOut(Schema):
    """A task that was passed over, and why."""

    id = fields.Id()
    code = fields.String()


class BulkCompletedOut(Schema):
    """What was completed, and what was not."""

    completed = fields.List(fields.Id())
    passed = fields.Nested(PassedOut, many=True)


class OverdueOut(Schema):
    """How far behind somebody is."""

    owner_id = fields.Id(allow_none=True)
    name = fields.String(allow_none=True)
    overdue = fields.Integer()
    oldest_due_at = fields.Instant()


class SeriesOut(Schema):
    """Tasks that come again and again."""

    id = fields.Id()
    rule = fields.String()
    starts_at = fields.Instant()
    time_zone = fields.String()
    state = fields.String(validate=validate.OneOf(SERIES_STATES))
    last_at = fields.Instant()
    next_at = fields.Instant(allow_none=True)
    made = fields.Integer()
    title = fields.String()
    note = fields.String(allow_none=True)
    priority = fields.String(validate=validate.OneOf(PRIORITIES))
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    lead_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
