"""Grades over the API; never for partners."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.grades.rules import GRADES, METHODS
from contacts.people.rules import STAGES

_SCORE = validate.Range(1, 5)


def _limits() -> fields.List:
    limit = fields.Decimal(as_string=True, allow_nan=False, validate=validate.Range(0, 10**12))
    return fields.List(limit, required=True, validate=validate.Length(equal=4))


class ThresholdsIn(Schema):
    """The thresholds of the scores 2, 3, 4 and 5. `recency`: days since the last order, falling; `frequency`: orders;
    `monetary`: their worth in the currency that grades are reckoned in."""

    recency = _limits()
    frequency = _limits()
    monetary = _limits()


class Least(Schema):
    """The least scores that make an A; those that are left out do not matter."""

    recency = fields.Integer(validate=_SCORE)
    frequency = fields.Integer(validate=_SCORE)
    monetary = fields.Integer(validate=_SCORE)


class SchemeIn(Schema):
    """How grades are to follow from purchases, and why so from now on."""

    method = fields.String(required=True, validate=validate.OneOf(METHODS))
    thresholds = fields.Nested(ThresholdsIn, required=True)
    a = fields.List(fields.Nested(Least), required=True, validate=validate.Length(1, 10))
    former_days = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 36_500))
    reason = fields.Text(required=True, max=500)


class CutsOut(Schema):
    """The values between the fifths of all who bought: `recency` in seconds since 1970."""

    recency = fields.List(fields.String())
    frequency = fields.List(fields.String())
    monetary = fields.List(fields.String())


class SchemeOut(Schema):
    """A scheme; the one with the highest `number` holds. `version` is its ETag."""

    number = fields.Integer()
    version = fields.Integer()
    method = fields.String(validate=validate.OneOf(METHODS))
    thresholds = fields.Nested(CutsOut)
    a = fields.List(fields.Nested(Least))
    former_days = fields.Integer(allow_none=True)
    cuts = fields.Nested(CutsOut, allow_none=True)
    cut_at = fields.Instant(allow_none=True)
    reason = fields.String()
    made_by = fields.Id(allow_none=True)
    made_at = fields.Instant()


class RfmOut(Schema):
    """Scores from 1 (least) to 5."""

    recency = fields.Integer()
    frequency = fields.Integer()
    monetary = fields.Integer()


class GradeOut(Schema):
    """A person's `grade`: the `override` where somebody set one, else what follows from purchases (`automatic`).
    `due_at`: when time alone changes something."""

    grade = fields.String(allow_none=True)
    rfm = fields.Nested(RfmOut, allow_none=True)
    automatic = fields.String(allow_none=True)
    override = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    until = fields.Instant(allow_none=True)
    by = fields.Id(allow_none=True)
    orders = fields.Integer()
    worth = fields.Amount()
    last_order_at = fields.Instant(allow_none=True)
    due_at = fields.Instant(allow_none=True)


class OverrideIn(Schema):
    """A grade set by hand, why, and until when; without an end, until it is taken back."""

    grade = fields.String(required=True, validate=validate.OneOf(GRADES))
    reason = fields.Text(required=True, max=500)
    until = fields.Instant(load_default=None, allow_none=True)


class GradeChangeOut(Schema):
    """A grade became another: why, and by whom."""

    at = fields.Instant()
    from_grade = fields.String(allow_none=True)
    to_grade = fields.String(allow_none=True)
    rfm = fields.Nested(RfmOut, allow_none=True)
    cause = fields.String()
    reason = fields.String(allow_none=True)
    by = fields.Id(allow_none=True)


class StageChangeOut(Schema):
    """A stage became another: by which event, by age, or by an edit."""

    at = fields.Instant()
    from_stage = fields.String(validate=validate.OneOf(STAGES))
    to_stage = fields.String(validate=validate.OneOf(STAGES))
    cause = fields.String()
    by = fields.Id(allow_none=True)


class StageCountOut(Schema):
    """How many people within reach are in a stage."""

    stage = fields.String(validate=validate.OneOf(STAGES))
    count = fields.Integer()
