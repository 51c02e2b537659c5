"""What the conversion of a lead takes and shows."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.deals.schema import DealOut, LineIn
from sales.leads.schema import LeadOut


class ConvertIn(Schema):
    """The deal that is made of a lead; what is left out comes from the lead or the default pipeline. `deal_id`: one
    that is there already, instead. The company by `company_id`, or by `company_name`: one of this name, or a new one.
    With `lines` they make the amount. `dry_run` (or `preview`) shows it without doing it."""

    deal_id = fields.Id()
    name = fields.Text(min=1)
    amount = fields.Amount()
    currency = fields.Currency()
    pipeline_id = fields.Id()
    stage_id = fields.Id()
    expected_close = fields.Date()
    next_step = fields.Text(max=500)
    company_id = fields.Id()
    company_name = fields.Text(min=1)
    lines = fields.List(fields.Nested(LineIn), validate=validate.Length(min=1, max=200))
    dry_run = fields.Boolean(load_default=False)
    preview = fields.Boolean(load_default=False)


class DraftOut(DealOut):
    """A deal, or what would become one."""

    id = fields.Id(allow_none=True)
    version = fields.Integer(allow_none=True)
    created_at = fields.Instant(allow_none=True)
    updated_at = fields.Instant(allow_none=True)


class CompanyOut(Schema):
    """A company of contacts."""

    id = fields.Id()
    name = fields.Text(allow_none=True)


class CandidatesOut(Schema):
    """What is there already: companies of that name, open deals of the person or company within reach."""

    companies = fields.Nested(CompanyOut, many=True)
    deals = fields.Nested(DealOut, many=True)


class ConversionOut(Schema):
    """A converted lead and its deal. `preview`: nothing was written; a new deal has no id then, and `candidates` are
    what it could be joined to instead."""

    lead = fields.Nested(LeadOut)
    deal = fields.Nested(DraftOut)
    preview = fields.Boolean()
    candidates = fields.Nested(CandidatesOut, allow_none=True)
