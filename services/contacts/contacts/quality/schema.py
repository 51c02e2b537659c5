"""Quality over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.http.resource import ListQuery
from chassis.schema import Schema, fields
from contacts.quality.rules import BYS, SINCE


class LackOut(Schema):
    """A field that a record lacks, and what it counts for."""

    field = fields.String()
    weight = fields.Integer()


class CompletenessOut(Schema):
    """How complete a record is: 0 to 100, and what it lacks, the weightiest first."""

    score = fields.Integer(validate=validate.Range(0, 100))
    missing = fields.Nested(LackOut, many=True)
    verified_at = fields.Instant(allow_none=True)
    verified_by = fields.Id(allow_none=True)


class StaleQuery(ListQuery):
    """What makes a record stale, beside the parameters of the list."""

    days = fields.Integer(load_default=180, validate=validate.Range(1, 3650))
    since = fields.List(
        fields.String(validate=validate.OneOf(SINCE)),
        metadata={"description": "None of these within the days; all three where none is named."},
    )


class IncompleteQuery(ListQuery):
    """Which fields are missing, beside the parameters of the list."""

    missing = fields.List(fields.String(), required=True, metadata={"description": "Records that lack all of these."})


class ReportQuery(Schema):
    """How a report is grouped; the filters of the list narrow it."""

    passes_all = True

    by = fields.String(validate=validate.OneOf(BYS), metadata={"description": "owner (usual), team or source."})


class GroupOut(Schema):
    """Records of one owner, team or source."""

    key = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    count = fields.Integer()


class CompleteGroupOut(GroupOut):
    """Their average score, and how many lack nothing."""

    score = fields.Float()
    complete = fields.Integer()


class FieldMissingOut(Schema):
    """How many lack a field, and the address of the list of them."""

    field = fields.String()
    count = fields.Integer()
    list = fields.String()


class MissingGroupOut(GroupOut):
    """What they lack."""

    missing = fields.Nested(FieldMissingOut, many=True)


class TimelinessQuery(Schema):
    """The time that is looked at: the last thirty days unless told."""

    from_ = fields.Instant(data_key="from", attribute="from")
    to = fields.Instant()


class TimelinessOut(Schema):
    """How soon a user enters what happened, and how complete the people are whom they enter."""

    user_id = fields.Id()
    name = fields.String(allow_none=True)
    interactions = fields.Integer()
    median_minutes = fields.Float(allow_none=True)
    p90_minutes = fields.Float(allow_none=True)
    within_a_day = fields.Integer()
    people = fields.Integer()
    score = fields.Float(allow_none=True)
    complete = fields.Integer()
