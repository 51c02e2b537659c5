"""What comes in and goes out about exchange rates."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import validate

from chassis.schema import Schema, fields

_RATE = validate.Range(min=Decimal("0.00000001"), max=Decimal("9999999999.99999999"))


class RateIn(Schema):
    """A new rate: units of the base currency for one of `currency`, from a day on."""

    currency = fields.Currency(required=True)
    valid_from = fields.Date(required=True)
    rate = fields.Decimal(places=8, required=True, as_string=True, allow_nan=False, validate=_RATE)


class RatePatch(Schema):
    """A rate that was entered wrongly. What was closed under it keeps its amounts."""

    rate = fields.Decimal(places=8, required=True, as_string=True, allow_nan=False, validate=_RATE)


class RateOut(Schema):
    """A rate: units of the base currency for one of `currency`."""

    id = fields.Id()
    currency = fields.Currency()
    valid_from = fields.Date()
    rate = fields.Decimal(as_string=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class ConvertQuery(Schema):
    """What to convert. `on`: the day whose rates hold, today where none is named."""

    amount = fields.Amount(required=True)
    from_currency = fields.Currency(required=True)
    to_currency = fields.Currency()
    on = fields.Date()


class ConvertOut(Schema):
    """The amount in the other currency, and the rates to the base currency that it went by."""

    amount = fields.Amount()
    currency = fields.Currency()
    from_rate = fields.Decimal(as_string=True)
    to_rate = fields.Decimal(as_string=True)
    on = fields.Date()
