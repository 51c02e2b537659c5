"""What comes in and goes out about the policy that expenses go by: categories, limits, allowances."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.expenses.rules import KINDS

_RATE = validate.Range(min=Decimal("0.0001"), max=Decimal("99999999.9999"))


class CategoryIn(Schema):
    """Something that money is spent on, with bounds per line in the base currency."""

    name = fields.Text(required=True, min=1, max=80)
    max_amount = fields.Amount(load_default=None, allow_none=True)
    receipt_over = fields.Amount(load_default=None, allow_none=True)


class CategoryPatch(Schema):
    """What can be changed of one; who is not `active` is not chosen any more."""

    name = fields.Text(min=1, max=80)
    max_amount = fields.Amount(allow_none=True)
    receipt_over = fields.Amount(allow_none=True)
    active = fields.Boolean()


class CategoryOut(CategoryIn):
    """Something that money is spent on."""

    id = fields.Id()
    active = fields.Boolean()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class RuleIn(Schema):
    """A limit: a report over it needs a yes of somebody with the role, after the manager's."""

    step = fields.Integer(required=True, validate=validate.Range(1, 20))
    role = fields.Text(required=True, min=1, max=40)
    over_amount = fields.Amount(required=True)


class RuleOut(RuleIn):
    """A limit."""

    id = fields.Id()
    version = fields.Integer()
    created_at = fields.Instant()


class AllowanceIn(Schema):
    """What is paid without a receipt, from a day on, in `currency`: for a day in a country (`per_diem`, `code` by
    ISO 3166-1), or a kilometre by a vehicle (`mileage`)."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    code = fields.Text(required=True, min=1, max=20)
    valid_from = fields.Date(required=True)
    rate = fields.Decimal(places=4, required=True, as_string=True, allow_nan=False, validate=_RATE)
    currency = fields.Currency(required=True)


class AllowancePatch(Schema):
    """A rate that was entered wrongly."""

    rate = fields.Decimal(places=4, required=True, as_string=True, allow_nan=False, validate=_RATE)


class AllowanceOut(Schema):
    """What is paid without a receipt."""

    id = fields.Id()
    kind = fields.String(validate=validate.OneOf(KINDS))
    code = fields.Text()
    valid_from = fields.Date()
    rate = fields.Decimal(as_string=True)
    currency = fields.Currency()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
