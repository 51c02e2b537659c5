"""What comes in and goes out about credit notes and refunds."""

from __future__ import annotations

from marshmallow import validate

from chassis.money import SMALLEST
from chassis.schema import Schema, fields
from sales.orders.schema import ShippedLine


class CreditLineIn(ShippedLine):
    """So many of a line that never left, or that came back (`returned`)."""

    returned = fields.Boolean(load_default=False)


class CreditIn(Schema):
    """What is credited, and why: lines of the order, or an `amount` (with tax) by itself, which is taken off all lines
    by what is left of them. The same `reference` again is the same credit note."""

    reference = fields.Text(required=True, max=80)
    reason = fields.Text(required=True, max=500)
    lines = fields.List(fields.Nested(CreditLineIn), validate=validate.Length(min=1, max=500))
    amount = fields.Amount(min=SMALLEST)


class CreditLineOut(Schema):
    """What of the order's line at `position` is credited: `cancelled` that never left, `returned` that came back; of
    neither where an amount was credited by itself."""

    position = fields.Integer()
    description = fields.Text()
    cancelled = fields.Decimal(as_string=True)
    returned = fields.Decimal(as_string=True)
    tax_percent = fields.Decimal(as_string=True)
    net = fields.Amount()
    tax = fields.Amount()
    total = fields.Amount()


class CreditNoteOut(Schema):
    """A credit note: net + tax = total, of which `settled` was still to be paid and `refundable` is to be paid back."""

    id = fields.Id()
    number = fields.Text()
    order_id = fields.Id()
    reference = fields.Text(allow_none=True)
    reason = fields.Text()
    currency = fields.Currency()
    net = fields.Amount()
    tax = fields.Amount()
    total = fields.Amount()
    settled = fields.Amount()
    refundable = fields.Amount()
    issued_at = fields.Instant()
    lines = fields.Nested(CreditLineOut, many=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()


class RefundIn(Schema):
    """Money that was paid back. The same `reference` again is the same refund."""

    reference = fields.Text(required=True, max=80)
    amount = fields.Amount(required=True, min=SMALLEST)


class BalanceOut(Schema):
    """What an order came to: of `total`, `credited` is owed no more, `paid` came in, `refunded` was paid back; `open`
    is still to be paid, `refundable` to be paid back. open - refundable = total - credited - paid + refunded, unless
    the order was cancelled before anything left."""

    order_id = fields.Id()
    currency = fields.Currency()
    total = fields.Amount()
    credited = fields.Amount()
    paid = fields.Amount()
    refunded = fields.Amount()
    open = fields.Amount()
    refundable = fields.Amount()
