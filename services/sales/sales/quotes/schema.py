"""What comes in and goes out about quotes."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from marshmallow import validate

from chassis.copies import NOT_FOR_PARTNERS
from chassis.schema import Schema, fields
from sales.products.schema import percent, quantity


class LineIn(Schema):
    """A line. With a product, its name, unit, tax and price-book price hold where nothing else is said."""

    product_id = fields.Id()
    description = fields.Text(min=1)
    unit = fields.Text(min=1, max=20)
    quantity = quantity(load_default=Decimal("1.000"))
    unit_price = fields.Amount()
    discount_percent = percent(load_default=Decimal("0.00"))
    tax_percent = percent()


class QuotePatch(Schema):
    """What can be changed of a draft. `lines` is the whole list."""

    valid_until = fields.Date()
    terms = fields.Text(max=4000, allow_none=True)
    discount_percent = percent()
    segment = fields.Text(max=40)
    lines = fields.List(fields.Nested(LineIn), validate=validate.Length(min=1, max=200))


class QuoteIn(QuotePatch):
    """A new quote from an open deal, in its currency."""

    deal_id = fields.Id(required=True)
    valid_until = fields.Date(required=True)
    lines = fields.List(fields.Nested(LineIn), required=True, validate=validate.Length(min=1, max=200))


class PublicLine(Schema):
    """A line as customers see it. `discount` includes its share of the whole quote's."""

    position = fields.Integer()
    description = fields.Text()
    unit = fields.Text()
    quantity = fields.Decimal(as_string=True)
    unit_price = fields.Amount()
    discount_percent = fields.Decimal(as_string=True)
    tax_percent = fields.Decimal(as_string=True)
    gross = fields.Amount()
    discount = fields.Amount()
    tax = fields.Amount()
    total = fields.Amount()


class LineOut(PublicLine):
    """A line as reps see it, with the price that the book of prices has for it."""

    product_id = fields.Id(allow_none=True)
    list_price = fields.Amount(allow_none=True, metadata={"description": "What the price book says."})
    book_id = fields.Id(allow_none=True)


class PassedOut(Schema):
    """A step went on from somebody who had left, or whose own the quote had become: to their `deputy`, a `manager`
    above them or, `to_id` null, any administrator (`admin`); from a `delegate` back to who was asked."""

    from_id = fields.Id()
    to_id = fields.Id(allow_none=True)
    why = fields.Text()
    at = fields.String(metadata={"format": "date-time"})


class ApprovalOut(Schema):
    """A step of an approval: `approver_id` decides, or whoever has `role` where nobody is named, or `delegate_id`."""

    round = fields.Integer()
    step = fields.Integer()
    role = fields.Text()
    approver_id = fields.Id(allow_none=True)
    reason = fields.Text()
    status = fields.Text()
    delegate_id = fields.Id(allow_none=True)
    decided_by = fields.Id(allow_none=True)
    decided_at = fields.Instant(allow_none=True)
    comment = fields.Text(allow_none=True)
    passed = fields.Nested(PassedOut, many=True)


class PublicQuote(Schema):
    """A quote as the customer sees it."""

    number = fields.Text()
    revision = fields.Integer()
    status = fields.Text()
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    currency = fields.Currency()
    valid_until = fields.Date()
    terms = fields.Text(allow_none=True)
    gross = fields.Amount()
    discount = fields.Amount()
    net = fields.Amount()
    tax = fields.Amount()
    total = fields.Amount()
    lines = fields.Nested(PublicLine, many=True)


class QuoteOut(PublicQuote):
    """A quote. gross - discount = net, net + tax = total; `base_total` in the base currency, None without a rate."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": ("base_total", "approvals", *NOT_FOR_PARTNERS)}

    id = fields.Id()
    deal_id = fields.Id()
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    discount_percent = fields.Decimal(as_string=True)
    base_total = fields.Amount(allow_none=True)
    submitted_by = fields.Id(allow_none=True)
    sent_at = fields.Instant(allow_none=True)
    viewed_at = fields.Instant(allow_none=True)
    decided_at = fields.Instant(allow_none=True)
    decided_by = fields.Text(allow_none=True)
    decline_reason = fields.Text(allow_none=True)
    lines = fields.Nested(LineOut, many=True)
    approvals = fields.Nested(ApprovalOut, many=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class DeliveryLine(Schema):
    """When a line can leave; `state` as of a product's availability."""

    position = fields.Integer()
    product_id = fields.Id()
    quantity = fields.Decimal(as_string=True)
    state = fields.Text()
    on_hand = fields.Decimal(as_string=True, allow_none=True)
    promised_on = fields.Date(allow_none=True)


class DeliveryOut(Schema):
    """When the products of a quote can leave; `promised_on`: all of them, null where that cannot be said."""

    promised_on = fields.Date(allow_none=True)
    lines = fields.Nested(DeliveryLine, many=True)


class SentOut(Schema):
    """The customer's link. The token is shown this once; of it only a hash is kept."""

    quote_id = fields.Id()
    token = fields.String(allow_none=True, metadata={"description": "null in the answer to a repeated request."})
    path = fields.String(allow_none=True)


class DecisionIn(Schema):
    """Why. With `step` it is decided only if it is this step's turn (409 where it was decided already)."""

    comment = fields.Text(max=1000)
    step = fields.Integer(validate=validate.Range(1, 100))


class RejectIn(DecisionIn):
    """Why not."""

    comment = fields.Text(required=True, max=1000)


class DelegateIn(Schema):
    """Who decides instead."""

    user_id = fields.Id(required=True)


class AcceptIn(Schema):
    """Who accepts, for the record."""

    name = fields.Text(required=True, max=120)


class DeclineIn(AcceptIn):
    """Who declines, and why."""

    reason = fields.Text(required=True, max=500)


class RuleIn(Schema):
    """A limit: over either of the two, somebody with the role has to say yes; with a `manager_level` it is who stands
    so many levels above the quote's owner, and the role only where nobody does. It can be one of sellers with a role,
    of a product (with its variants), of a price book, and of each line by itself. Discounts are reckoned from the price
    book, or from the line's own price where that is higher."""

    step = fields.Integer(required=True, validate=validate.Range(1, 20))
    role = fields.Text(required=True, max=40)
    over_percent = percent(load_default=None, allow_none=True)
    over_amount = fields.Amount(load_default=None, allow_none=True)
    manager_level = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 10))
    seller_role = fields.Text(load_default=None, allow_none=True, min=1, max=40)
    product_id = fields.Id(load_default=None, allow_none=True)
    book_id = fields.Id(load_default=None, allow_none=True)
    per_line = fields.Boolean(load_default=False)


class RuleOut(RuleIn):
    """A limit."""

    id = fields.Id()
    over_percent = fields.Decimal(as_string=True, allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
