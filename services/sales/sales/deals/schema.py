"""What comes in and goes out about deals."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from marshmallow import validate

from chassis.copies import NOT_FOR_PARTNERS
from chassis.schema import Schema, fields
from sales.deals.rules import PRIORITIES, STALLED
from sales.pipelines.rules import CHECKS
from sales.products.schema import percent, quantity


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
    next_step_on = fields.Date(allow_none=True)
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
    next_step_on = fields.Date(allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    custom = fields.Custom("deals")
    owner_id = fields.Id()


class DealOut(Schema):
    """A deal. `stage` and `probability` (per cent) are those of the stage it stands in, `status` is its
    kind. `credited` of a won one's amount counts no more, for its orders were cancelled or credited (before tax).
    `days_left` until it is expected to be closed; `close_pushes`: how often that was put off. `stalled`: too long
    in its stage, or nobody talks about it."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {
            "partner": ("probability", "reason_detail", "territory_id", *NOT_FOR_PARTNERS)
        }

    id = fields.Id()
    name = fields.Text()
    amount = fields.Amount()
    currency = fields.Currency()
    amount_from_lines = fields.Boolean()
    base_amount = fields.Amount(allow_none=True)
    base_rate = fields.Decimal(as_string=True, allow_none=True)
    credited = fields.Amount()
    base_credited = fields.Amount()
    pipeline_id = fields.Id()
    stage_id = fields.Id()
    stage = fields.Text()
    probability = fields.Integer()
    status = fields.Text(validate=validate.OneOf(("open", "won", "lost")))
    stage_entered_at = fields.Instant()
    expected_close = fields.Date(allow_none=True)
    days_left = fields.Integer(allow_none=True)
    close_pushes = fields.Integer()
    priority = fields.Text(validate=validate.OneOf(PRIORITIES))
    next_step = fields.Text(max=500, allow_none=True)
    next_step_on = fields.Date(allow_none=True)
    held_until = fields.Date(allow_none=True)
    hold_reason = fields.Text(max=500, allow_none=True)
    stalled = fields.Boolean()
    stalled_because = fields.Text(allow_none=True, validate=validate.OneOf(STALLED))
    last_interaction_at = fields.Instant(allow_none=True)
    last_activity_at = fields.Instant()
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    contact_name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    lead_id = fields.Id(allow_none=True)
    campaign_id = fields.Id(allow_none=True)
    source = fields.Text(allow_none=True)
    product = fields.Text(allow_none=True)
    reason_id = fields.Id(allow_none=True)
    won_reason = fields.Text(max=500, allow_none=True)
    lost_reason = fields.Text(allow_none=True)
    reason_detail = fields.Text(max=2000, allow_none=True)
    territory_id = fields.Id(allow_none=True)
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


class TransferIn(Schema):
    """Another pipeline, and the stage there; its first open one if left out."""

    pipeline_id = fields.Id(required=True)
    stage_id = fields.Id()


class PlaceIn(Schema):
    """A column of the board, and the card beside it: right behind `after_id`, or right before `before_id`. On top of
    the column where neither is named."""

    stage_id = fields.Id(required=True)
    after_id = fields.Id()
    before_id = fields.Id()


class HoldIn(Schema):
    """Until when a deal rests, and why. No personal data: the reason is told to the other services."""

    until = fields.Date(required=True)
    reason = fields.Text(required=True, max=500)


class CheckOut(Schema):
    """What has to be so before a deal goes on, and whether it is; an item is ticked by somebody."""

    key = fields.Text()
    kind = fields.Text(validate=validate.OneOf(tuple(CHECKS)))
    label = fields.Text()
    days = fields.Integer(allow_none=True)
    role = fields.Text(allow_none=True)
    met = fields.Boolean()
    ticked_by = fields.Id(allow_none=True)
    ticked_at = fields.Instant(allow_none=True)


class TickIn(Schema):
    """Whether an item is done."""

    done = fields.Boolean(load_default=True)


class LineIn(Schema):
    """A line. With a product, its name, unit and price-book price hold where nothing else is said."""

    product_id = fields.Id()
    description = fields.Text(min=1)
    unit = fields.Text(min=1, max=20)
    quantity = quantity(load_default=Decimal("1.000"))
    unit_price = fields.Amount()
    discount_percent = percent(load_default=Decimal("0.00"))


class LinesIn(Schema):
    """All the lines of a deal; prices of the books for customers of `segment`."""

    segment = fields.Text(max=40)
    lines = fields.List(fields.Nested(LineIn), required=True, validate=validate.Length(max=200))


class LineOut(Schema):
    """A line; `amount` is quantity times unit price, less the discount."""

    position = fields.Integer()
    product_id = fields.Id(allow_none=True)
    description = fields.Text()
    unit = fields.Text()
    quantity = fields.Decimal(as_string=True)
    unit_price = fields.Amount()
    discount_percent = fields.Decimal(as_string=True)
    amount = fields.Amount()


class WinIn(Schema):
    """What was sold, in a word, and why: one of the reasons to choose from, by its words or its id."""

    product = fields.Text(allow_none=True)
    reason = fields.Text(min=1, max=500)
    reason_id = fields.Id()
    detail = fields.Text(max=2000, allow_none=True)


class LoseIn(Schema):
    """Why a deal was lost, and to whom. The reason is one of those to choose from, by its words or its id; in any words
    where there are none. No personal data: the reason is told to the other services, the detail is not."""

    reason = fields.Text(min=1, max=500)
    reason_id = fields.Id()
    detail = fields.Text(max=2000, allow_none=True)
    competitor_id = fields.Id()


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
    stalled_at = fields.Instant(allow_none=True)
    seconds = fields.Integer()
    moved_by = fields.Id(allow_none=True)
