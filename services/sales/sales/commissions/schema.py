"""What comes in and goes out about commission."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.commissions.rules import BASES, KINDS, MODES, STATUSES
from sales.periods import KINDS as PERIODS
from sales.products.schema import percent

_PERIOD, _BASIS, _MODE = validate.OneOf(PERIODS), validate.OneOf(BASES), validate.OneOf(MODES)
_TIMES = validate.Range(min=Decimal(1), max=Decimal(100))


class TierIn(Schema):
    """The rate of what is sold in a period above an amount."""

    above = fields.Amount(required=True)
    percent = percent(required=True)


class RateIn(Schema):
    """The rate of what is sold of a product category, instead of the tiers'."""

    category_id = fields.Id(required=True)
    percent = percent(required=True)


class PlanIn(Schema):
    """A plan; its terms never change. Amounts are of the base currency."""

    name = fields.Text(required=True, max=120)
    basis = fields.Text(load_default="won", validate=_BASIS)
    period = fields.Text(load_default="month", validate=_PERIOD)
    mode = fields.Text(load_default="marginal", validate=_MODE)
    tiers = fields.List(fields.Nested(TierIn), required=True, validate=validate.Length(min=1, max=20))
    product_rates = fields.List(fields.Nested(RateIn), load_default=list, validate=validate.Length(max=50))
    accelerator = fields.Decimal(
        places=3, as_string=True, allow_nan=False, load_default=Decimal("1.000"), validate=_TIMES
    )
    floor = fields.Amount(load_default=None, allow_none=True)
    cap = fields.Amount(load_default=None, allow_none=True)
    pays_overlay = fields.Boolean(load_default=False)


class PlanPatch(Schema):
    """What can be changed of a plan. One that is not active is assigned to nobody any more."""

    name = fields.Text(min=1, max=120)
    active = fields.Boolean()


class PlanOut(Schema):
    """A plan."""

    id = fields.Id()
    name = fields.Text()
    basis = fields.Text(validate=_BASIS)
    period = fields.Text(validate=_PERIOD)
    mode = fields.Text(validate=_MODE)
    tiers = fields.List(fields.Nested(TierIn))
    product_rates = fields.List(fields.Nested(RateIn))
    accelerator = fields.Decimal(as_string=True)
    floor = fields.Amount(allow_none=True)
    cap = fields.Amount(allow_none=True)
    pays_overlay = fields.Boolean()
    active = fields.Boolean()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class AssignmentIn(Schema):
    """A rep has a plan from a day on, until before another."""

    rep_id = fields.Id(required=True)
    plan_id = fields.Id(required=True)
    begins_on = fields.Date(required=True)
    ends_on = fields.Date(allow_none=True, load_default=None)


class AssignmentPatch(Schema):
    """When it ends; null: not yet."""

    ends_on = fields.Date(required=True, allow_none=True)


class AssignmentOut(Schema):
    """A rep (the owner) and the plan they have."""

    id = fields.Id()
    plan_id = fields.Id()
    begins_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    owner_id = fields.Id()
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class EntryOut(Schema):
    """An entry of the ledger: what the owner is owed more, or less. `base`: what counts in the period after it."""

    id = fields.Id()
    plan_id = fields.Id()
    deal_id = fields.Id(allow_none=True)
    kind = fields.Text(validate=validate.OneOf(KINDS))
    earned_for = fields.Date()
    booked_in = fields.Date()
    base = fields.Amount()
    amount = fields.Amount(min=None)
    reason = fields.Text(max=500, allow_none=True)
    made_by = fields.Id(allow_none=True)
    owner_id = fields.Id()
    team_id = fields.Id(allow_none=True)
    created_at = fields.Instant()


class StatementOut(Schema):
    """What the owner earned in a period; `total` is the sum of the entries that are booked in it."""

    id = fields.Id()
    plan_id = fields.Id()
    begins_on = fields.Date()
    ends_before = fields.Date()
    status = fields.Text(validate=validate.OneOf(STATUSES))
    total = fields.Amount(min=None)
    approved_by = fields.Id(allow_none=True)
    approved_at = fields.Instant(allow_none=True)
    paid_at = fields.Instant(allow_none=True)
    reference = fields.Text(max=120, allow_none=True)
    owner_id = fields.Id()
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class PayIn(Schema):
    """What the payment is called at the bank or in the payroll."""

    reference = fields.Text(required=True, max=120)


class AdjustIn(Schema):
    """An entry by hand, for the period that the day `on` is in, and why."""

    rep_id = fields.Id(required=True)
    plan_id = fields.Id(required=True)
    on = fields.Date(required=True)
    amount = fields.Amount(required=True, min=None)
    reason = fields.Text(required=True, max=500)


class RecomputeIn(Schema):
    """Whose deals, of the month or quarter that the day `on` is in."""

    rep_id = fields.Id(required=True)
    period = fields.Text(load_default="month", validate=_PERIOD)
    on = fields.Date(required=True)


class RecomputedOut(Schema):
    """How many entries that made: none where all was right."""

    deals = fields.Integer()
    entries = fields.Integer()
