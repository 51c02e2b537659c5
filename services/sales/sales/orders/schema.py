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
    shipped = fields.Decimal(as_string=True)


class ShippedLine(Schema):
    """So many of a line."""

    position = fields.Integer(required=True)
    quantity = fields.Decimal(places=3, as_string=True, required=True, allow_nan=False, validate=_QUANTITY)


class ShipIn(Schema):
    """What left. Without lines: all that has not left yet. The same `reference` again is the same shipment."""

    reference = fields.Text(required=True, max=80)
    lines = fields.List(fields.Nested(ShippedLine), validate=validate.Length(min=1, max=500))


class ShipmentOut(Schema):
    """A shipment; `lines`: position -> quantity."""

    id = fields.Id()
    order_id = fields.Id()
    reference = fields.Text()
    lines = fields.Dict()
    shipped_at = fields.Instant()
    delivered_at = fields.Instant(allow_none=True)
    version = fields.Integer()


class CancelIn(Schema):
    """Why."""

    reason = fields.Text(required=True, max=500)


class DueIn(Schema):
    """A part that is due on a day."""

    due_on = fields.Date(required=True)
    amount = fields.Amount(required=True, min=Decimal("0.01"))


class PlanIn(Schema):
    """The instalments of an order; together exactly its total."""

    instalments = fields.List(fields.Nested(DueIn), required=True, validate=validate.Length(min=1, max=60))


class PayIn(Schema):
    """Money that came in. The same `reference` again is the same payment."""

    reference = fields.Text(required=True, max=80)
    amount = fields.Amount(required=True, min=Decimal("0.01"))


class InstalmentOut(Schema):
    """An instalment; `status`: due, part_paid, paid or overdue."""

    position = fields.Integer()
    due_on = fields.Date()
    amount = fields.Amount()
    paid = fields.Amount()
    status = fields.Text()


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
    status = fields.Text()
    cancel_reason = fields.Text(allow_none=True)
    lines = fields.Nested(LineOut, many=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
