"""Appointments over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.calendar.rules import ANSWERS, MAX_ATTENDEES, SERIES_STATES, SHOWN_AS, STATES, WIDEST_RANGE
from contacts.recurrence.rules import MAX_RULE
from contacts.tasks.rules import LONGEST_REMINDER, MAX_REMINDERS


class AttendeeOut(Schema):
    """A colleague who was asked to attend, and the answer: open until there is one."""

    user_id = fields.Id()
    answer = fields.String(validate=validate.OneOf(("open", *ANSWERS)))


class GuestOut(Schema):
    """A customer who was asked to attend, and the answer that came by mail."""

    person_id = fields.Id()
    answer = fields.String(validate=validate.OneOf(("open", *ANSWERS)))


class AppointmentOut(Schema):
    """An appointment."""

    id = fields.Id()
    title = fields.String()
    note = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    starts_at = fields.Instant()
    ends_at = fields.Instant()
    time_zone = fields.String()
    all_day = fields.Boolean()
    show_as = fields.String(validate=validate.OneOf(SHOWN_AS))
    state = fields.String(validate=validate.OneOf(STATES))
    forced = fields.Boolean()
    remind_before = fields.List(fields.Integer())
    series_id = fields.Id(allow_none=True)
    occurrence_at = fields.Instant(allow_none=True)
    user_ids = fields.List(fields.Id())
    attendees = fields.Nested(AttendeeOut, many=True)
    person_ids = fields.List(fields.Id())
    guests = fields.Nested(GuestOut, many=True)
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
    """What can be said of an appointment. `force` lets it overlap another one of an attending colleague;
    `remind_before`: minutes before it starts. `all_day`: the whole days of `time_zone` that it lies in. `show_as` free:
    it takes nobody's time."""

    note = fields.Text(max=5000, allow_none=True)
    place = fields.Text(max=300, allow_none=True)
    user_ids = _ids(1)
    person_ids = _ids(0)
    all_day = fields.Boolean()
    show_as = fields.String(validate=validate.OneOf(SHOWN_AS))
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    remind_before = fields.List(
        fields.Integer(strict=True, validate=validate.Range(0, LONGEST_REMINDER)),
        validate=validate.Length(0, MAX_REMINDERS),
    )
    force = fields.Boolean(load_default=False)


class RepetitionIn(Schema):
    """How it comes again: an RRULE of RFC 5545, or several, one a line, at most 24 times a day together; reckoned on
    the wall of the appointment's `time_zone`."""

    rule = fields.Text(required=True, max=MAX_RULE)


class AppointmentIn(AppointmentFields):
    """A new appointment; attended by its owner unless `user_ids` says by whom. `time_zone`: yours, where none is
    named."""

    title = fields.Text(required=True)
    starts_at = fields.Instant(required=True)
    ends_at = fields.Instant(required=True)
    time_zone = fields.String()
    owner_id = fields.Id()
    recurrence = fields.Nested(RepetitionIn)


class AppointmentPatch(AppointmentFields):
    """Changes of a scheduled appointment; `user_ids` and `person_ids` replace what was there."""

    title = fields.Text(min=1)
    starts_at = fields.Instant()
    ends_at = fields.Instant()
    time_zone = fields.String()


class AppointmentsPatch(AppointmentPatch):
    """Changes of a scheduled appointment and of all that follow it; `rule` where they come otherwise from now on."""

    rule = fields.Text(max=MAX_RULE, min=1)


class AnswerIn(Schema):
    """Whether you attend. `following`: this one and all that follow. `force`: although you have something else by
    now."""

    answer = fields.String(required=True, validate=validate.OneOf(ANSWERS))
    following = fields.Boolean(load_default=False)
    force = fields.Boolean(load_default=False)


class AppointmentSeriesOut(Schema):
    """Appointments that come again and again: by `rule` (several ones, a line each), and `added` ones besides, but for
    those `excluded`."""

    id = fields.Id()
    rule = fields.String()
    excluded = fields.List(fields.Instant())
    added = fields.List(fields.Instant())
    starts_at = fields.Instant()
    ends_at = fields.Instant()
    time_zone = fields.String()
    all_day = fields.Boolean()
    show_as = fields.String(validate=validate.OneOf(SHOWN_AS))
    state = fields.String(validate=validate.OneOf(SERIES_STATES))
    last_at = fields.Instant()
    next_at = fields.Instant(allow_none=True)
    title = fields.String()
    note = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    remind_before = fields.List(fields.Integer())
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


class RangeQuery(Schema):
    """From when until when: two instants, or the day `on`, or so many `days` from it, of `time_zone` (yours by
    default)."""

    start = fields.Instant(data_key="from")
    end = fields.Instant(data_key="to")
    on = fields.Date()
    days = fields.Integer(load_default=1, validate=validate.Range(1, WIDEST_RANGE.days))
    time_zone = fields.TimeZone()


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
