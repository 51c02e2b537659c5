"""Campaigns and expenses as they come in and go out."""

from decimal import Decimal

from marshmallow import validate

from chassis.schema import Schema, fields
from marketing.campaigns import rules

_CODE = validate.Regexp(
    r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\Z", error="Lower-case letters, digits and inner hyphens."
)


class CampaignIn(Schema):
    """A new campaign, planned. Without `code` one is made from the name."""

    name = fields.Text(required=True, max=200)
    code = fields.Text(validate=_CODE, metadata={"description": "stands in links as utm_campaign"})
    type = fields.Text(load_default="other", validate=validate.OneOf(rules.TYPES))
    budget = fields.Amount(load_default=Decimal("0.00"))
    currency = fields.Currency(load_default="CNY")
    starts_on = fields.Date(allow_none=True, load_default=None)
    ends_on = fields.Date(allow_none=True, load_default=None)


class CampaignPatch(Schema):
    """What can change of a campaign; its currency cannot, since sums are kept in it."""

    name = fields.Text(max=200)
    type = fields.Text(validate=validate.OneOf(rules.TYPES))
    budget = fields.Amount()
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)


class CampaignOut(Schema):
    """A campaign with what came of it so far. `credited_revenue` is taken off `attributed_revenue` already."""

    id = fields.Id()
    name = fields.Text()
    code = fields.Text()
    type = fields.Text()
    state = fields.Text(validate=validate.OneOf(rules.STATES))
    budget = fields.Amount()
    currency = fields.Currency()
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    launched_at = fields.Instant(allow_none=True)
    completed_at = fields.Instant(allow_none=True)
    responses = fields.Integer()
    leads = fields.Integer()
    won_deals = fields.Integer()
    spent = fields.Amount()
    attributed_revenue = fields.Amount()
    credited_revenue = fields.Amount()
    roi = fields.Decimal(places=4, as_string=True, allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class ExpenseIn(Schema):
    """Money spent, in the campaign's currency; on today's date (UTC) untold."""

    description = fields.Text(required=True, max=500)
    amount = fields.Amount(required=True)
    spent_on = fields.Date()


class ExpenseOut(Schema):
    """An expense as it was recorded."""

    id = fields.Id()
    campaign_id = fields.Id()
    description = fields.Text()
    amount = fields.Amount()
    spent_on = fields.Date()
    version = fields.Integer()
    created_at = fields.Instant()


class RevenueOut(Schema):
    """Won deals of a campaign in one currency: what they came to, what of it was credited, what is left."""

    currency = fields.Currency()
    deals = fields.Integer()
    amount = fields.Amount()
    credited = fields.Amount()
    net = fields.Amount()


class ReportsOut(Schema):
    """What approved expense reports of sales spent on a campaign in one currency."""

    currency = fields.Currency()
    reports = fields.Integer()
    amount = fields.Amount()


class ReturnOut(Schema):
    """What a campaign cost and brought. `spent`: the expenses that were recorded and the reports that sales approved.
    `credited_revenue` is taken off `attributed_revenue` already. Deals and reports in another currency stand apart,
    unconverted."""

    campaign_id = fields.Id()
    currency = fields.Currency()
    budget = fields.Amount()
    spent = fields.Amount()
    attributed_revenue = fields.Amount()
    credited_revenue = fields.Amount()
    roi = fields.Decimal(places=4, as_string=True, allow_none=True)
    revenue = fields.List(fields.Nested(RevenueOut))
    expense_reports = fields.List(fields.Nested(ReportsOut))
