"""What the log's routes take and give."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from chassis.schema import Schema, fields

IN_RANGE = validate.Range(min=date(1970, 1, 1), max=date(2999, 12, 31))


def check_period(data: dict[str, Any]) -> None:
    """ValidationError where a period ends before it begins."""
    if data.get("since") and data.get("until") and data["since"] > data["until"]:
        raise ValidationError("Must not be before `from`.", "to")


class EventQuery(Schema):
    """Which events. `after` and `cursor` mean the same position; `type` takes several, separated by commas."""

    after = fields.Integer(validate=validate.Range(min=0, max=2**62), load_default=0)
    cursor = fields.Integer(validate=validate.Range(min=0, max=2**62))
    type = fields.List(fields.Text(max=100), validate=validate.Length(max=50))
    source = fields.Text(max=100)
    subject = fields.Text(max=200)
    correlationid = fields.Text(max=200)
    since = fields.Date(data_key="from", validate=IN_RANGE)
    until = fields.Date(data_key="to", validate=IN_RANGE)
    limit = fields.Integer(validate=validate.Range(min=1, max=200), load_default=50)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        check_period(data)


class EventOut(Schema):
    """An event of the log. `position` is its place in the log, `sourceposition` its place among its publisher's."""

    position = fields.Integer(required=True)
    id = fields.Id(attribute="event_id", required=True)
    source = fields.String(required=True)
    type = fields.String(required=True)
    version = fields.Integer(required=True)
    subject = fields.String(required=True)
    time = fields.Instant(required=True)
    sequence = fields.Integer(required=True)
    sourceposition = fields.Integer(attribute="source_position", allow_none=True)
    correlationid = fields.String(attribute="correlation_id", allow_none=True)
    causationid = fields.String(attribute="causation_id", allow_none=True)
    actorid = fields.String(attribute="actor_id", allow_none=True)
    data = fields.Dict(required=True)


class GapQuery(Schema):
    """`older_than` in seconds; what is younger is usually only late."""

    older_than = fields.Integer(validate=validate.Range(min=0, max=10**9))


class GapOut(Schema):
    """Positions `first` to `last` of a source have not come; `missing` counts them."""

    source = fields.String(required=True)
    first = fields.Integer(required=True)
    last = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    noticed_at = fields.Instant(required=True)


class SourceOut(Schema):
    """A publishing service: its highest position, how many of its events came, how many are overdue."""

    source = fields.String(required=True)
    highest = fields.Integer(required=True)
    events = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    last_received_at = fields.Instant(required=True)


class LogStatusOut(Schema):
    """`complete` when nothing of any source is overdue; `waiting` events have no place in the log yet."""

    position = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    complete = fields.Boolean(required=True)
    sources = fields.Nested(SourceOut, many=True, required=True)
