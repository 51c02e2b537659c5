"""What comes in and goes out about targets."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.periods import KINDS
from sales.targets.rules import MEASURES, SCOPES

_KIND, _MEASURE, _SCOPE = validate.OneOf(KINDS), validate.OneOf(MEASURES), validate.OneOf(SCOPES)
_PERCENT = validate.Range(min=Decimal("0.01"), max=Decimal(1000))


class TargetIn(Schema):
    """A target for the month or quarter that the day `on` is in: `rep_id`'s or `team_id`'s, the company's where neither
    is named. `value`: of the base currency, or a number of deals."""

    period = fields.Text(required=True, validate=_KIND)
    on = fields.Date(required=True)
    measure = fields.Text(load_default="amount", validate=_MEASURE)
    rep_id = fields.Id()
    team_id = fields.Id()
    category_id = fields.Id(allow_none=True)
    pipeline_id = fields.Id(allow_none=True)
    value = fields.Amount(required=True)


class TargetPatch(Schema):
    """Another value."""

    value = fields.Amount(required=True)


class TargetOut(Schema):
    """A target. `subject_id`: the rep or the team; null for the company's."""

    id = fields.Id()
    period = fields.Text(validate=_KIND)
    begins_on = fields.Date()
    measure = fields.Text(validate=_MEASURE)
    scope = fields.Text(validate=_SCOPE)
    subject_id = fields.Id(allow_none=True)
    category_id = fields.Id(allow_none=True)
    pipeline_id = fields.Id(allow_none=True)
    value = fields.Amount()
    set_by = fields.Id(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class CopyIn(Schema):
    """From the period that the day `from` is in to that of `to`, each value times `percent`."""

    period = fields.Text(required=True, validate=_KIND)
    from_ = fields.Date(data_key="from", required=True)
    to = fields.Date(required=True)
    percent = fields.Decimal(places=2, as_string=True, allow_nan=False, load_default=Decimal(100), validate=_PERCENT)
    overwrite = fields.Boolean(load_default=False)


class AttainmentQuery(Schema):
    """Which targets: of the month or quarter that the day `on` (today) is in."""

    period = fields.String(load_default="month", validate=_KIND)
    on = fields.Date(load_default=None)
    measure = fields.String(load_default="amount", validate=_MEASURE)
    scope = fields.String(load_default=None, validate=_SCOPE)


class ReachedOut(Schema):
    """A target and how far it is reached, per cent. `months`: a quarter's target is the sum of so many months', null
    where it was set itself. `rank` of how many (`of`) whose targets are for the like."""

    scope = fields.Text(validate=_SCOPE)
    subject_id = fields.Id(allow_none=True)
    name = fields.Text(allow_none=True)
    category_id = fields.Id(allow_none=True)
    category = fields.Text(allow_none=True)
    pipeline_id = fields.Id(allow_none=True)
    target = fields.Amount()
    months = fields.Integer(allow_none=True)
    actual = fields.Amount()
    gap = fields.Amount(min=None)
    attainment = fields.Decimal(as_string=True)
    rank = fields.Integer()
    of = fields.Integer()


class AttainmentOut(Schema):
    """The targets of a period against what was won in it: reps, teams, the company, the best first. Amounts are of the
    base currency; `ends_before` is the first day after the period."""

    period = fields.Text(validate=_KIND)
    begins_on = fields.Date()
    ends_before = fields.Date()
    measure = fields.Text(validate=_MEASURE)
    currency = fields.Currency()
    targets = fields.Nested(ReachedOut, many=True)
