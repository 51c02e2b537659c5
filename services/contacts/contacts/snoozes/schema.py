"""Snoozing over the API."""

from __future__ import annotations

from chassis.schema import Schema, fields


class SnoozeIn(Schema):
    """Until when you are not to be reminded; then you are."""

    until = fields.Instant(required=True)


class SnoozeOut(Schema):
    """When you are reminded again, and of what."""

    task_id = fields.Id(allow_none=True)
    appointment_id = fields.Id(allow_none=True)
    user_id = fields.Id()
    until = fields.Instant(attribute="at")
