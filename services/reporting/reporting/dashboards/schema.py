"""What the overview takes and gives. `events` in each part leads to the events behind it."""

from __future__ import annotations

from typing import Any

from marshmallow import validates_schema

from chassis.schema import Schema, fields
from reporting.log.schema import IN_RANGE, check_period


class PeriodQuery(Schema):
    """From which day to which, both included, UTC. Without them: all time."""

    since = fields.Date(data_key="from", validate=IN_RANGE)
    until = fields.Date(data_key="to", validate=IN_RANGE)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        check_period(data)


class MoneyOut(Schema):
    """How many, and how much in one currency."""

    currency = fields.String(required=True)
    count = fields.Integer(required=True)
    amount = fields.Amount(required=True)


class NetOut(MoneyOut):
    """The same with what of it was `credited` or cancelled since, whenever that was, and what is left (`net`)."""

    credited = fields.Amount(required=True)
    net = fields.Amount(required=True)


class MonthOut(NetOut):
    """`month` as YYYY-MM."""

    month = fields.String(required=True)


class LeadsOut(Schema):
    """Leads that came in the period. `conversion_rate`: the share of just these that has been converted since."""

    created = fields.Integer(required=True)
    by_status = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    by_source = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    converted = fields.Integer(required=True)
    conversion_rate = fields.Float(required=True, allow_none=True)
    events = fields.String(required=True)


class StageOut(MoneyOut):
    """Open deals in a stage now; `weighted` by the probability."""

    stage_id = fields.Id(required=True, allow_none=True)
    stage = fields.String(required=True)
    pipeline_id = fields.Id(required=True, allow_none=True)
    probability = fields.Integer(required=True)
    weighted = fields.Amount(required=True)


class PipelineOut(Schema):
    """Open deals now, whatever the period."""

    stages = fields.Nested(StageOut, many=True, required=True)
    total = fields.Nested(MoneyOut, many=True, required=True)
    weighted = fields.Nested(MoneyOut, many=True, required=True)
    events = fields.String(required=True)


class DealsOut(Schema):
    """Deals closed in the period. `win_rate`: won of won and lost. `by_month`: of all time, the last 24 months."""

    won = fields.Nested(NetOut, many=True, required=True)
    lost = fields.Nested(MoneyOut, many=True, required=True)
    win_rate = fields.Float(required=True, allow_none=True)
    by_month = fields.Nested(MonthOut, many=True, required=True)
    events = fields.String(required=True)


class OrdersOut(Schema):
    """Orders placed in the period; `cancelled` of just these since. `credit_notes`: those issued in the period,
    whenever their order was placed. With tax."""

    placed = fields.Nested(NetOut, many=True, required=True)
    cancelled = fields.Nested(MoneyOut, many=True, required=True)
    credit_notes = fields.Nested(MoneyOut, many=True, required=True)
    events = fields.String(required=True)


class TicketsOut(Schema):
    """`open` now; the others in the period."""

    open = fields.Integer(required=True)
    open_by_priority = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    created = fields.Integer(required=True)
    resolved = fields.Integer(required=True)
    events = fields.String(required=True)


class LevelOut(Schema):
    """A service level: met and missed in the period, `rate` the share met."""

    met = fields.Integer(required=True)
    missed = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)


class SlaOut(Schema):
    """Service levels decided in the period; one that fell due unmet counts as missed on the day it was due."""

    first_response = fields.Nested(LevelOut, required=True)
    resolution = fields.Nested(LevelOut, required=True)
    events = fields.String(required=True)


class CsatOut(Schema):
    """Surveys answered in the period. `satisfied_rate`: the share with 4 or 5 of 5; `average` of 1 to 5."""

    sent = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    average = fields.Float(required=True, allow_none=True)
    satisfied_rate = fields.Float(required=True, allow_none=True)
    scores = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    events = fields.String(required=True)


class CampaignOut(Schema):
    """A campaign since its launch. `roi`: (net revenue - budget) / budget in the budget's currency; None without a
    budget.

    Revenue in other currencies is listed and not converted.
    """

    campaign_id = fields.Id(required=True)
    name = fields.String(required=True)
    budget = fields.Amount(required=True)
    currency = fields.String(required=True)
    launched_at = fields.Instant(required=True, allow_none=True)
    responses = fields.Integer(required=True)
    leads = fields.Integer(required=True)
    revenue = fields.Nested(NetOut, many=True, required=True)
    roi = fields.Float(required=True, allow_none=True)
    events = fields.String(required=True)


class OverviewOut(Schema):
    """The dashboard. `position` is how far in the log it reaches; `reach` whose figures they are."""

    position = fields.Integer(required=True)
    folded_at = fields.Instant(required=True, allow_none=True)
    reach = fields.String(required=True)
    since = fields.Date(data_key="from", required=True, allow_none=True)
    until = fields.Date(data_key="to", required=True, allow_none=True)
    leads = fields.Nested(LeadsOut, required=True)
    pipeline = fields.Nested(PipelineOut, required=True)
    deals = fields.Nested(DealsOut, required=True)
    orders = fields.Nested(OrdersOut, required=True)
    tickets = fields.Nested(TicketsOut, required=True)
    sla = fields.Nested(SlaOut, required=True)
    csat = fields.Nested(CsatOut, required=True)
    campaigns = fields.Nested(CampaignOut, many=True, required=True)
