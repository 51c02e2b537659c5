"""What comes in and goes out about expense reports: what is claimed, decided, paid back and summed up."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import validate

from chassis.money import SMALLEST
from chassis.schema import Schema, fields
from sales.expenses.rules import BY, KINDS

_QUANTITY = validate.Range(min=Decimal("0.01"), max=Decimal("99999.99"))
_LINES = validate.Length(min=1, max=100)


class AllowedIn(Schema):
    """So many days or kilometres, `quantity`, by the rate of the day."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    code = fields.Text(required=True, min=1, max=20)
    quantity = fields.Decimal(places=2, required=True, as_string=True, allow_nan=False, validate=_QUANTITY)


class AllowedOut(Schema):
    """So many days or kilometres, at `rate` each."""

    kind = fields.String(validate=validate.OneOf(KINDS))
    code = fields.Text()
    quantity = fields.Decimal(as_string=True)
    rate = fields.Decimal(as_string=True)


class LineIn(Schema):
    """An expense. `amount` includes `tax`, in `currency` (the base currency where none is named); of an `allowance`
    they are made by its rate. `receipt` is what the receipt is called by, such as the number of an invoice;
    `receipt_id` the file that was sent of it."""

    spent_on = fields.Date(required=True)
    category_id = fields.Id(required=True)
    description = fields.Text(required=True, min=1)
    amount = fields.Amount(min=SMALLEST, allow_none=True)
    allowance = fields.Nested(AllowedIn, allow_none=True)
    tax = fields.Amount(load_default=Decimal("0.00"))
    currency = fields.Currency()
    receipt = fields.Text(min=1, max=500, allow_none=True)
    receipt_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    campaign_id = fields.Id(allow_none=True)


class ReportPatch(Schema):
    """What can be changed of a draft. `lines` is the whole list."""

    title = fields.Text(min=1)
    lines = fields.List(fields.Nested(LineIn), validate=_LINES)


class ReportIn(ReportPatch):
    """A new report."""

    title = fields.Text(required=True, min=1)
    lines = fields.List(fields.Nested(LineIn), required=True, validate=_LINES)


class LineOut(Schema):
    """An expense; `base_amount` by the rate of the day it was spent on."""

    class Meta(Schema.Meta):
        flat = "description"

    position = fields.Integer()
    spent_on = fields.Date()
    category_id = fields.Id()
    description = fields.Text()
    amount = fields.Amount()
    tax = fields.Amount()
    currency = fields.Currency()
    base_rate = fields.Decimal(as_string=True)
    base_amount = fields.Amount()
    allowance = fields.Nested(AllowedOut, allow_none=True)
    receipt = fields.Text(allow_none=True, max=500)
    receipt_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    campaign_id = fields.Id(allow_none=True)


class SpentOut(Schema):
    """An expense with its report, as a row of a file: `base_amount` in `base_currency` by the rate of its day. Where an
    allowance made the amount it is `quantity` days or kilometres at `unit_rate`."""

    report_id = fields.Id()
    number = fields.Text()
    title = fields.Text()
    status = fields.Text()
    owner_id = fields.Id(allow_none=True)
    owner = fields.Text(allow_none=True)
    team_id = fields.Id(allow_none=True)
    position = fields.Integer()
    spent_on = fields.Date()
    category_id = fields.Id()
    category = fields.Text()
    description = fields.Text()
    amount = fields.Amount()
    tax = fields.Amount()
    currency = fields.Currency()
    base_rate = fields.Decimal(as_string=True)
    base_amount = fields.Amount()
    base_currency = fields.Currency()
    allowance_kind = fields.Text(allow_none=True)
    allowance_code = fields.Text(allow_none=True)
    quantity = fields.Decimal(as_string=True, allow_none=True)
    unit_rate = fields.Decimal(as_string=True, allow_none=True)
    receipt = fields.Text(allow_none=True)
    receipt_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    campaign_id = fields.Id(allow_none=True)
    submitted_at = fields.Instant(allow_none=True)
    reimbursed_at = fields.Instant(allow_none=True)
    payment_reference = fields.Text(allow_none=True)


class ReceiptIn(Schema):
    """A receipt is the file alone."""


class ReceiptOut(Schema):
    """A receipt; `size` in bytes."""

    id = fields.Id()
    name = fields.Text()
    media_type = fields.Text()
    size = fields.Integer()
    sha256 = fields.Text()
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()


class ApprovalOut(Schema):
    """A step of an approval. Without `role` it is for whoever answers for the team."""

    class Meta(Schema.Meta):
        flat = "status"

    round = fields.Integer()
    step = fields.Integer()
    role = fields.Text(allow_none=True)
    status = fields.Text()
    decided_by = fields.Id(allow_none=True)
    decided_at = fields.Instant(allow_none=True)
    comment = fields.Text(allow_none=True, max=1000)


class ReportOut(Schema):
    """An expense report; `total` in `currency`, the base currency."""

    id = fields.Id()
    number = fields.Text()
    title = fields.Text()
    status = fields.Text()
    currency = fields.Currency()
    total = fields.Amount()
    submitted_at = fields.Instant(allow_none=True)
    reimbursed_at = fields.Instant(allow_none=True)
    reimbursed_by = fields.Id(allow_none=True)
    payment_reference = fields.Text(allow_none=True)
    lines = fields.Nested(LineOut, many=True)
    approvals = fields.Nested(ApprovalOut, many=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class DecisionIn(Schema):
    """Why."""

    comment = fields.Text(max=1000)


class RejectIn(Schema):
    """Why not."""

    comment = fields.Text(required=True, min=1, max=1000)


class ReimburseIn(Schema):
    """The reference of the payment."""

    reference = fields.Text()


class TotalsQuery(Schema):
    """By what the approved expenses are summed up, and which: spent `from` a day `to` another, both included."""

    by = fields.String(load_default="deal", validate=validate.OneOf(BY))
    from_ = fields.Date(data_key="from", load_default=None)
    to = fields.Date(load_default=None)


class GroupOut(Schema):
    """How many expenses, and what they came to in the base currency. `key`: the id of the deal, campaign, rep or
    category, or the month (2026-01); null: of none."""

    key = fields.Text(allow_none=True)
    count = fields.Integer()
    amount = fields.Amount(max=Decimal("1e30"))


class TotalsOut(Schema):
    """The groups, the largest first, up to 200; `total` is of all."""

    by = fields.String(validate=validate.OneOf(BY))
    currency = fields.Currency()
    groups = fields.Nested(GroupOut, many=True)
    total = fields.Nested(GroupOut)
