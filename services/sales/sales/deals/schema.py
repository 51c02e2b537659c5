"""What comes in and goes out about deals."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.deals.rules import PRIORITIES


class DealIn(Schema):
    """A new deal."""

    name = fields.Text(required=True)
    amount = fields.Amount()
    currency = fields.Currency()
    pipeline_id = fields.Id()
    stage_id = fields.Id()
    expected_close = fields.Date(allow_none=True)
    priority = fields.Text(validate=validate.OneOf(PRIORITIES))
    next_step = fields.Text(max=500, allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    campaign_id = fields.Id(allow_none=True)
    source = fields.Text(max=40, allow_none=True)
    custom = fields.Custom("deals")
    owner_id = fields.Id()


class DealPatch(Schema):
    """What can be changed of a deal; its stage is changed by its actions."""

    name = fields.Text(min=1)
    amount = fields.Amount()
    currency = fields.Currency()
    expected_close = fields.Date(allow_none=True)
    priority = fields.Text(validate=validate.OneOf(PRIORITIES))
    next_step = fields.Text(max=500, allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    custom = fields.Custom("deals")
    owner_id = fields.Id()


class DealOut(Schema):
    """A deal. `stage` and `probability` (per cent) are those of the stage it stands in, `status` is its
    kind."""

    id = fields.Id()
    name = fields.Text()
    amount = fields.Amount()
    currency = fields.Currency()
    base_amount = fields.Amount(allow_none=True)
    base_rate = fields.Decimal(as_string=True, allow_none=True)
    pipeline_id = fields.Id()
    stage_id = fields.Id()
    stage = fields.Text()
    probability = fields.Integer()
    status = fields.Text(validate=validate.OneOf(("open", "won", "lost")))
    stage_entered_at = fields.Instant()
    expected_close = fields.Date(allow_none=True)
    priority = fields.Text(validate=validate.OneOf(PRIORITIES))
    next_step = fields.Text(max=500, allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    lead_id = fields.Id(allow_none=True)
    campaign_id = fields.Id(allow_none=True)
    source = fields.Text(allow_none=True)
    product = fields.Text(allow_none=True)
    lost_reason = fields.Text(allow_none=True)
    ordered = fields.Boolean()
    closed_at = fields.Instant(allow_none=True)
    custom = fields.Custom("deals")
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class MoveIn(Schema):
    """Where a deal goes."""

    stage_id = fields.Id(required=True)


class WinIn(Schema):
    """What was sold, in a word."""

    product = fields.Text(allow_none=True)


class LoseIn(Schema):
    """Why a deal was lost. No personal data: the reason is told to the other services."""

    reason = fields.Text(required=True, max=500)


class ReopenIn(Schema):
    """Where a reopened deal stands; where it stood last if left out."""

    stage_id = fields.Id()


class PassageOut(Schema):
    """A stay in a stage; `seconds` until it was left, or until now."""

    stage_id = fields.Id()
    stage = fields.Text()
    kind = fields.Text()
    entered_at = fields.Instant()
    left_at = fields.Instant(allow_none=True)
    seconds = fields.Integer()
    moved_by = fields.Id(allow_none=True)


class BoardQuery(Schema):
    """How many deals are shown per stage."""

    cards = fields.Integer(load_default=50, validate=validate.Range(min=0, max=200))


class SumOut(Schema):
    """What the open deals of a stage come to in one currency; `weighted` by its probability."""

    currency = fields.Currency()
    amount = fields.Amount()
    weighted = fields.Amount()


class CardOut(Schema):
    """A deal as a board shows it."""

    id = fields.Id()
    name = fields.Text()
    amount = fields.Amount()
    currency = fields.Currency()
    priority = fields.Text()
    expected_close = fields.Date(allow_none=True)
    next_step = fields.Text(allow_none=True)
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    stage_entered_at = fields.Instant()
    version = fields.Integer()


class BoardStageOut(Schema):
    """A column of a board. `count` and `sums` are of all its open deals, `deals` the newest of them."""

    stage_id = fields.Id()
    name = fields.Text()
    probability = fields.Integer()
    count = fields.Integer()
    sums = fields.Nested(SumOut, many=True)
    deals = fields.Nested(CardOut, many=True)


class BoardOut(Schema):
    """The open stages of a pipeline in order."""

    pipeline_id = fields.Id()
    name = fields.Text()
    stages = fields.Nested(BoardStageOut, many=True)
