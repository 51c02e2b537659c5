"""What comes in and goes out about rules of assignment, working hours and availability."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.assignment.rules import POOLS, STRATEGIES

_POSITION = validate.Range(min=0, max=1_000_000)
_LIMIT = validate.Range(min=0, max=100_000)
_MEMBERS = validate.Length(max=500)


class SeatField(Schema):
    """A rep of a rule's pool. `weight`: the share beside the others, where the strategy is `weighted`."""

    rep_id = fields.Id(required=True)
    weight = fields.Integer(load_default=1, strict=True, validate=validate.Range(min=1, max=1000))


class RuleIn(Schema):
    """A new rule. Without a `position` it is the last. `when` holds its conditions; without any it holds always."""

    name = fields.Text(required=True, max=80)
    position = fields.Integer(validate=_POSITION)
    active = fields.Boolean(load_default=True)
    when = fields.Dict(keys=fields.String(), allow_none=True)
    pool = fields.Text(required=True, validate=validate.OneOf(POOLS))
    strategy = fields.Text(required=True, validate=validate.OneOf(STRATEGIES))
    members = fields.List(fields.Nested(SeatField), load_default=list, validate=_MEMBERS)
    within_hours = fields.Boolean(load_default=False)


class RulePatch(Schema):
    """What can be changed of a rule; `members` is the whole list."""

    name = fields.Text(min=1, max=80)
    position = fields.Integer(validate=_POSITION)
    active = fields.Boolean()
    when = fields.Dict(keys=fields.String(), allow_none=True)
    pool = fields.Text(validate=validate.OneOf(POOLS))
    strategy = fields.Text(validate=validate.OneOf(STRATEGIES))
    members = fields.List(fields.Nested(SeatField), validate=_MEMBERS)
    within_hours = fields.Boolean()


class RuleOut(Schema):
    """A rule of assignment."""

    id = fields.Id()
    name = fields.Text()
    position = fields.Integer()
    active = fields.Boolean()
    when = fields.Dict(keys=fields.String(), allow_none=True)
    pool = fields.Text(validate=validate.OneOf(POOLS))
    strategy = fields.Text(validate=validate.OneOf(STRATEGIES))
    members = fields.List(fields.Nested(SeatField))
    within_hours = fields.Boolean()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class CalendarIn(Schema):
    """New working hours: `hours` by weekday, `{"mon": [["09:00", "18:00"]]}`, in a zone of the tz database; dates of
    `holidays`; `workdays` by date, with their own hours."""

    name = fields.Text(required=True, max=80)
    zone = fields.Text(required=True, max=60)
    hours = fields.Dict(keys=fields.String(), required=True)
    holidays = fields.List(fields.Date(), load_default=list, validate=validate.Length(max=1000))
    workdays = fields.Dict(keys=fields.String(), load_default=dict, validate=validate.Length(max=1000))


class CalendarPatch(Schema):
    """What can be changed of working hours."""

    name = fields.Text(min=1, max=80)
    zone = fields.Text(max=60)
    hours = fields.Dict(keys=fields.String())
    holidays = fields.List(fields.Date(), validate=validate.Length(max=1000))
    workdays = fields.Dict(keys=fields.String(), validate=validate.Length(max=1000))


class CalendarOut(Schema):
    """Working hours."""

    id = fields.Id()
    name = fields.Text()
    zone = fields.Text()
    hours = fields.Dict(keys=fields.String())
    holidays = fields.List(fields.String())
    workdays = fields.Dict(keys=fields.String())
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class AbsenceField(Schema):
    """Days on which a rep is away, both included."""

    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="until")


class AvailabilityIn(Schema):
    """The whole of what limits a rep; what is left out does not."""

    opted_out = fields.Boolean(load_default=False)
    absences = fields.List(fields.Nested(AbsenceField), load_default=list, validate=validate.Length(max=200))
    max_per_day = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_LIMIT)
    max_open = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_LIMIT)
    calendar_id = fields.Id(load_default=None, allow_none=True)
    deputy_id = fields.Id(load_default=None, allow_none=True)


class AvailabilityOut(Schema):
    """What limits the leads that a rep gets by rule, and who decides on quotes for them while they are absent.
    `version` 0: nothing was said yet."""

    rep_id = fields.Id(attribute="id")
    opted_out = fields.Boolean()
    absences = fields.List(fields.Dict())
    max_per_day = fields.Integer(allow_none=True)
    max_open = fields.Integer(allow_none=True)
    calendar_id = fields.Id(allow_none=True)
    deputy_id = fields.Id(allow_none=True)
    version = fields.Integer()
