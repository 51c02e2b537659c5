"""What comes in and goes out about orders."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import validate

from chassis.schema import Schema, fields

_QUANTITY = validate.Range(min=0, min_inclusive=False, max=Decimal("99999999.999"))


class LineIn(Schema):
    """A line of a new order. No personal data: lines are told to the other services."""

    description = fields.Text(required=True)
    quantity = fields.Decimal(places=3, as_string=True, load_default=Decimal("1.000"), validate=_QUANTITY)
    unit_price = fields.Amount(required=True)


class OrderIn(Schema):
    """An order from a won deal. Without lines it has one, of the deal's amount. `additional`: though the deal
    has an order already."""

    deal_id = fields.Id(required=True)
    lines = fields.List(fields.Nested(LineIn), validate=validate.Length(min=1, max=500))
    additional = fields.Boolean(load_default=False)


class LineOut(Schema):
    """A line; `amount` is quantity times unit price, to the cent."""

    position = fields.Integer()
    description = fields.Text()
    quantity = fields.Decimal(as_string=True)
    unit_price = fields.Amount()
    amount = fields.Amount()


class OrderOut(Schema):
    """An order. `total` is the sum of its lines."""

    id = fields.Id()
    number = fields.Text()
    deal_id = fields.Id()
    additional = fields.Boolean()
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    campaign_id = fields.Id(allow_none=True)
    total = fields.Amount()
    currency = fields.Currency()
    placed_at = fields.Instant()
    lines = fields.Nested(LineOut, many=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
