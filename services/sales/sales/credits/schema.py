"""What comes in and goes out about the credit of a deal."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.credits.rules import KINDS

_PERCENT = validate.Range(min=Decimal("0.01"), max=Decimal(100))


class CreditOut(Schema):
    """A rep's share of a deal, per cent, two places."""

    rep_id = fields.Id(required=True)
    kind = fields.Text(load_default="revenue", validate=validate.OneOf(KINDS))
    percent = fields.Decimal(places=2, as_string=True, allow_nan=False, required=True, validate=_PERCENT)


class CreditsIn(Schema):
    """The whole split: shares of the revenue come to 100. Without any the deal is its owner's alone."""

    credits = fields.List(fields.Nested(CreditOut), required=True, validate=validate.Length(max=20))
