"""What comes in and goes out about won and lost deals."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.winloss.rules import BY, KINDS

_PLACE = validate.Range(min=0, max=10_000)


class ReasonIn(Schema):
    """A reason to choose from when a deal is won or lost."""

    kind = fields.Text(required=True, validate=validate.OneOf(KINDS))
    name = fields.Text(required=True, max=120)
    position = fields.Integer(validate=_PLACE)


class ReasonPatch(Schema):
    """What can be changed of one. Closed deals keep the words that they were closed with."""

    name = fields.Text(min=1, max=120)
    position = fields.Integer(validate=_PLACE)
    active = fields.Boolean()


class ReasonOut(Schema):
    """A reason to choose from."""

    id = fields.Id()
    kind = fields.Text(validate=validate.OneOf(KINDS))
    name = fields.Text()
    position = fields.Integer()
    active = fields.Boolean()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class StudyQuery(Schema):
    """By what the closed deals are grouped, and which: those closed `from` a day `to` another (both included; a year
    until today if left out)."""

    by = fields.String(load_default="reason", validate=validate.OneOf(BY))
    from_ = fields.Date(data_key="from", load_default=None)
    to = fields.Date(load_default=None)
    pipeline_id = fields.Id(load_default=None)
    owner_id = fields.Id(load_default=None)


class GroupOut(Schema):
    """Closed deals: how many, what they came to in the base currency, the share that was won, per cent, and the median
    of the days from opening to closing. `unvalued`: how many count as 0.00, for want of an exchange rate. `key`: an id,
    where the group has one."""

    key = fields.Text(allow_none=True)
    name = fields.Text(max=500, allow_none=True)
    won = fields.Integer()
    lost = fields.Integer()
    won_amount = fields.Amount()
    lost_amount = fields.Amount()
    unvalued = fields.Integer()
    win_rate = fields.Decimal(as_string=True, allow_none=True)
    median_days = fields.Decimal(as_string=True, allow_none=True)


class StudyOut(Schema):
    """The groups, the largest first, up to 200. A deal with several competitors is in the group of each; in `total`
    each deal counts once."""

    by = fields.String(validate=validate.OneOf(BY))
    from_ = fields.Date(data_key="from")
    to = fields.Date()
    currency = fields.Currency()
    groups = fields.Nested(GroupOut, many=True)
    total = fields.Nested(GroupOut)
