"""What comes in and goes out about orders."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from marshmallow import validate

from chassis.copies import NOT_FOR_PARTNERS
from chassis.money import SMALLEST
from chassis.schema import Schema, fields
from sales.orders.rules import CREDITS, UPDATES
from sales.products.schema import percent

_QUANTITY = validate.Range(min=0, min_inclusive=False, max=Decimal("99999999.999"))


class LineIn(Schema):
    """A line of a new order. No personal data: lines are told to the other services."""

    description = fields.Text(required=True)
    quantity = fields.Decimal(places=3, as_string=True, load_default=Decimal("1.000"), validate=_QUANTITY)
    unit_price = fields.Amount(required=True)
    tax_percent = percent(load_default=Decimal("0.00"))


class OrderIn(Schema):
    """An order from a won deal: of what its customer accepted (`quote_id` says that it must be this quote). Without a
    quote it has the lines that are named, or one, of the deal's amount. `additional`: though the deal has an order
    already."""

    deal_id = fields.Id(required=True)
    quote_id = fields.Id()
    lines = fields.List(fields.Nested(LineIn), validate=validate.Length(min=1, max=500))
    additional = fields.Boolean(load_default=False)


class LineOut(Schema):
    """A line; `amount` is quantity times unit price, rounded, less `discount`, with `tax`. Of the quantity
    `shipped` left, of that `returned` came back; `cancelled` never leaves."""

    position = fields.Integer()
    product_id = fields.Id(allow_none=True)
    description = fields.Text()
    quantity = fields.Decimal(as_string=True)
    unit_price = fields.Amount()
    discount = fields.Amount()
    tax_percent = fields.Decimal(as_string=True)
    tax = fields.Amount()
    amount = fields.Amount()
    shipped = fields.Decimal(as_string=True)
    cancelled = fields.Decimal(as_string=True)
    returned = fields.Decimal(as_string=True)


class ShippedLine(Schema):
    """So many of a line."""

    position = fields.Integer(required=True)
    quantity = fields.Decimal(places=3, as_string=True, required=True, allow_nan=False, validate=_QUANTITY)


class ShipIn(Schema):
    """What left. Without lines: all that has not left yet. The same `reference` again is the same shipment."""

    reference = fields.Text(required=True, max=80)
    carrier = fields.Text(max=80)
    expected_on = fields.Date()
    lines = fields.List(fields.Nested(ShippedLine), validate=validate.Length(min=1, max=500))


class UpdateIn(Schema):
    """What the carrier says of a shipment, and when it happened (without: now). The customer reads the note."""

    status = fields.Text(required=True, validate=validate.OneOf(UPDATES))
    at = fields.Instant()
    note = fields.Text(max=300)
    expected_on = fields.Date(allow_none=True)


class UpdateOut(Schema):
    """What the carrier said."""

    status = fields.Text()
    at = fields.Instant()
    note = fields.Text(allow_none=True)


class ShipmentOut(Schema):
    """A shipment; `lines`: position -> quantity; `status`: sent, what the carrier said last, or delivered."""

    id = fields.Id()
    order_id = fields.Id()
    reference = fields.Text()
    lines = fields.Dict()
    shipped_at = fields.Instant()
    delivered_at = fields.Instant(allow_none=True)
    carrier = fields.Text(allow_none=True)
    expected_on = fields.Date(allow_none=True)
    status = fields.Text()
    updates = fields.Nested(UpdateOut, many=True)
    version = fields.Integer()


class TrackingOut(Schema):
    """The customer's link. The token is shown this once; of it only a hash is kept."""

    order_id = fields.Id()
    token = fields.String(allow_none=True, metadata={"description": "null in the answer to a repeated request."})
    path = fields.String(allow_none=True)


class TrackedLine(Schema):
    """How much of a line left."""

    position = fields.Integer()
    description = fields.Text()
    quantity = fields.Decimal(as_string=True)
    shipped = fields.Decimal(as_string=True)


class TrackedShipment(Schema):
    """A shipment, step by step."""

    reference = fields.Text()
    carrier = fields.Text(allow_none=True)
    expected_on = fields.Date(allow_none=True)
    status = fields.Text()
    steps = fields.Nested(UpdateOut, many=True)


class TrackedOrder(Schema):
    """An order as its customer follows it: neither prices nor names."""

    number = fields.Text()
    status = fields.Text()
    placed_at = fields.Instant()
    lines = fields.Nested(TrackedLine, many=True)
    shipments = fields.Nested(TrackedShipment, many=True)


class CancelIn(Schema):
    """Why; `returned`: what left comes back, too."""

    reason = fields.Text(required=True, max=500)
    returned = fields.Boolean(load_default=False)


class DueIn(Schema):
    """A part that is due on a day."""

    due_on = fields.Date(required=True)
    amount = fields.Amount(required=True, min=SMALLEST)


class PlanIn(Schema):
    """The instalments of an order; together exactly its total."""

    instalments = fields.List(fields.Nested(DueIn), required=True, validate=validate.Length(min=1, max=60))


class PayIn(Schema):
    """Money that came in. The same `reference` again is the same payment. With `accept_surplus` it may be more than is
    open: what is too much is to be paid back."""

    reference = fields.Text(required=True, max=80)
    amount = fields.Amount(required=True, min=SMALLEST)
    accept_surplus = fields.Boolean(load_default=False)


class InstalmentOut(Schema):
    """An instalment, of which `released` is owed no more; `status`: due, part_paid, paid, overdue or cancelled."""

    position = fields.Integer()
    due_on = fields.Date()
    amount = fields.Amount()
    paid = fields.Amount()
    released = fields.Amount()
    status = fields.Text()


class ReceivableOut(InstalmentOut):
    """An instalment with its order; `open` of it is still to be paid."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": NOT_FOR_PARTNERS}

    id = fields.Id()
    order_id = fields.Id()
    order_number = fields.Text()
    currency = fields.Currency()
    company_id = fields.Id(allow_none=True)
    company_name = fields.Text(allow_none=True)
    person_id = fields.Id(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    open = fields.Amount()


class OrderOut(Schema):
    """An order. `total` is the sum of its lines, `tax` of it is tax; `credited` of it is owed no more: nothing of it,
    a part, or all (`credit_status`), though it may still be delivered."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": NOT_FOR_PARTNERS}

    id = fields.Id()
    number = fields.Text()
    deal_id = fields.Id()
    quote_id = fields.Id(allow_none=True)
    additional = fields.Boolean()
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    campaign_id = fields.Id(allow_none=True)
    total = fields.Amount()
    tax = fields.Amount()
    credited = fields.Amount()
    credit_status = fields.Text(validate=validate.OneOf(CREDITS))
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
