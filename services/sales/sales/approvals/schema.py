"""What goes out about approvals."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.approvals.rules import KINDS


class AwaitedOut(Schema):
    """Something that waits for the caller's decision. `step` to `due_at` are those of the request made to the caller,
    null where they may decide by role and reach without being asked; `since`: of the record's last change."""

    kind = fields.Text(validate=validate.OneOf(KINDS))
    id = fields.Id()
    number = fields.Text()
    title = fields.Text(allow_none=True)
    amount = fields.Amount(allow_none=True)
    currency = fields.Currency()
    owner_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    step = fields.Integer(allow_none=True)
    role = fields.Text(allow_none=True)
    stands_in_for = fields.Id(allow_none=True)
    asked_at = fields.Instant(allow_none=True)
    due_at = fields.Instant(allow_none=True)
    since = fields.Instant()


class QuotedDealOut(Schema):
    """The deal of a quote, for who decides on the quote."""

    id = fields.Id()
    name = fields.Text()
    status = fields.Text()
    stage = fields.Text()
    amount = fields.Amount()
    currency = fields.Currency()
    base_amount = fields.Amount(allow_none=True)
    probability = fields.Integer()
    expected_close = fields.Date(allow_none=True)
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    created_at = fields.Instant()
