"""Calendars and policies as they come in and go out."""

from __future__ import annotations

from typing import Any

from marshmallow import validate

from chassis.schema import Schema, fields
from service_desk.tickets.rules import KINDS, PRIORITIES

_MINUTES = validate.Range(1, 60 * 24 * 90)
_EXAMPLE = {"mon": [["09:00", "12:00"], ["13:00", "18:00"]], "tue": [["09:00", "18:00"]]}


def _spans() -> Any:
    return fields.List(
        fields.List(fields.String(), validate=validate.Length(equal=2)), validate=validate.Length(max=10)
    )


class Holiday(Schema):
    date = fields.Date(required=True)
    name = fields.Text(allow_none=True, load_default=None)


class Workday(Schema):
    date = fields.Date(required=True)
    hours = fields.List(
        fields.List(fields.String(), validate=validate.Length(equal=2)),
        required=True,
        validate=validate.Length(1, 10),
    )


class CalendarPatch(Schema):
    name = fields.Text(min=1)
    zone = fields.Text(max=64, metadata={"description": "Zone of the tz database.", "example": "Asia/Shanghai"})
    hours = fields.Dict(
        keys=fields.String(),
        values=_spans(),
        metadata={"description": "Open spans per weekday, mon to sun, in local time.", "example": _EXAMPLE},
    )
    holidays = fields.List(fields.Nested(Holiday), validate=validate.Length(max=1000))
    workdays = fields.List(fields.Nested(Workday), validate=validate.Length(max=1000))


class CalendarIn(CalendarPatch):
    name = fields.Text(required=True)
    zone = fields.Text(required=True, max=64)
    hours = fields.Dict(keys=fields.String(), values=_spans(), required=True)


class CalendarOut(Schema):
    id = fields.Id()
    name = fields.String()
    zone = fields.String()
    hours = fields.Dict()
    holidays = fields.List(fields.Dict())
    workdays = fields.List(fields.Dict())
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class PolicyPatch(Schema):
    name = fields.Text(min=1)
    rank = fields.Integer(strict=True, validate=validate.Range(0, 10_000))
    active = fields.Boolean()
    priority = fields.String(allow_none=True, validate=validate.OneOf(PRIORITIES))
    kind = fields.String(allow_none=True, validate=validate.OneOf(KINDS))
    first_response_minutes = fields.Integer(strict=True, allow_none=True, validate=_MINUTES)
    resolution_minutes = fields.Integer(strict=True, allow_none=True, validate=_MINUTES)
    risk_percent = fields.Integer(strict=True, validate=validate.Range(1, 99))
    calendar_id = fields.Id()


class PolicyIn(PolicyPatch):
    """Targets are in business minutes; a policy without one makes no such promise."""

    name = fields.Text(required=True)
    rank = fields.Integer(strict=True, required=True, validate=validate.Range(0, 10_000))
    calendar_id = fields.Id(required=True)


class PolicyOut(Schema):
    id = fields.Id()
    name = fields.String()
    rank = fields.Integer(metadata={"description": "The lowest that matches a ticket holds."})
    active = fields.Boolean()
    priority = fields.String(allow_none=True, metadata={"description": "null: any."})
    kind = fields.String(allow_none=True, metadata={"description": "null: any."})
    first_response_minutes = fields.Integer(allow_none=True)
    resolution_minutes = fields.Integer(allow_none=True)
    risk_percent = fields.Integer(metadata={"description": "A warning goes out when so much of a target is used."})
    calendar_id = fields.Id()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
