"""Appointments over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.calendar.rules import DEFAULT_ZONE, MAX_ATTENDEES, STATES


class AppointmentOut(Schema):
    """An appointment."""

    id = fields.Id()
    title = fields.String()
    note = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    starts_at = fields.Instant()
    ends_at = fields.Instant()
    time_zone = fields.String()
    state = fields.String(validate=validate.OneOf(STATES))
    forced = fields.Boolean()
    user_ids = fields.List(fields.Id())
    person_ids = fields.List(fields.Id())
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


def _ids(least: int) -> fields.List:
    return fields.List(fields.Id(), validate=validate.Length(least, MAX_ATTENDEES))


class AppointmentFields(Schema):
    """What can be said of an appointment. `force` lets it overlap another one of an attending colleague."""

    note = fields.Text(max=5000, allow_none=True)
    place = fields.Text(max=300, allow_none=True)
    user_ids = _ids(1)
    person_ids = _ids(0)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    force = fields.Boolean(load_default=False)


class AppointmentIn(AppointmentFields):
    """A new appointment; attended by its owner unless `user_ids` says by whom."""

    title = fields.Text(required=True)
    starts_at = fields.Instant(required=True)
    ends_at = fields.Instant(required=True)
    time_zone = fields.String(load_default=DEFAULT_ZONE)
    owner_id = fields.Id()


class AppointmentPatch(AppointmentFields):
    """Changes of a scheduled appointment; `user_ids` and `person_ids` replace what was there."""

    title = fields.Text(min=1)
    starts_at = fields.Instant()
    ends_at = fields.Instant()
    time_zone = fields.String()


class RangeQuery(Schema):
    """From when until when."""

    start = fields.Instant(required=True, data_key="from")
    end = fields.Instant(required=True, data_key="to")


class BusyQuery(RangeQuery):
    """Whose calendars: those of a team, or of users; your own by default."""

    team_id = fields.Id()
    user_ids = fields.List(fields.Id(), validate=validate.Length(1, 100))


class SpanOut(Schema):
    """From when until when."""

    starts_at = fields.Instant()
    ends_at = fields.Instant()


class BusyOut(Schema):
    """When a colleague is busy, and when free."""

    user_id = fields.Id()
    name = fields.String(allow_none=True)
    busy = fields.Nested(SpanOut, many=True)
    free = fields.Nested(SpanOut, many=True)


class TeamBusyOut(Schema):
    """When each is busy, and when all of them are free."""

    users = fields.Nested(BusyOut, many=True)
    all_free = fields.Nested(SpanOut, many=True)


class FeedOut(Schema):
    """The link of a calendar. The token is shown this once."""

    token = fields.String(allow_none=True)
    path = fields.String(allow_none=True)


class FeedStateOut(Schema):
    """Whether there is a link, and since when."""

    active = fields.Boolean()
    created_at = fields.Instant(allow_none=True)
