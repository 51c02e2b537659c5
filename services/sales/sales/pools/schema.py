"""What comes in and goes out about pools."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.leads.rules import STATUSES
from sales.pools.rules import DEALS, KINDS

_DAYS = validate.Range(min=1, max=3650)
_WAIT = validate.Range(min=0, max=3650)
_LIMIT = validate.Range(min=0, max=100_000)
_TEAMS = validate.Length(max=500)


class ProtectIn(Schema):
    """Why a lead is locked against its pool, or not any more. No personal data: it is kept in the history."""

    reason = fields.Text(required=True, min=1, max=500)


class PoolIn(Schema):
    """A new pool of these teams; what is null is no rule, or no limit. `deals`: the open deals of a customer `stay`
    with who lost it, or `follow` it to who takes it out of the pool."""

    name = fields.Text(required=True, min=1, max=80)
    team_ids = fields.List(fields.Id(), load_default=list, validate=_TEAMS)
    active = fields.Boolean(load_default=True)
    no_follow_up_days = fields.Integer(allow_none=True, load_default=None, strict=True, validate=_DAYS)
    no_deal_days = fields.Integer(allow_none=True, load_default=None, strict=True, validate=_DAYS)
    customer_no_follow_up_days = fields.Integer(allow_none=True, load_default=None, strict=True, validate=_DAYS)
    customer_no_deal_days = fields.Integer(allow_none=True, load_default=None, strict=True, validate=_DAYS)
    customer_no_close_days = fields.Integer(allow_none=True, load_default=None, strict=True, validate=_DAYS)
    warn_days = fields.Integer(load_default=0, strict=True, validate=_WAIT)
    claims_per_day = fields.Integer(allow_none=True, load_default=None, strict=True, validate=_LIMIT)
    max_held = fields.Integer(allow_none=True, load_default=None, strict=True, validate=_LIMIT)
    max_customers = fields.Integer(allow_none=True, load_default=None, strict=True, validate=_LIMIT)
    cool_down_days = fields.Integer(load_default=7, strict=True, validate=_WAIT)
    masked = fields.Boolean(load_default=True)
    zone = fields.Text(min=1, max=60, load_default="Asia/Shanghai")
    deals = fields.Text(load_default="stay", validate=validate.OneOf(DEALS))


class PoolPatch(Schema):
    """What can be changed of a pool; `team_ids` is the whole list."""

    name = fields.Text(min=1, max=80)
    team_ids = fields.List(fields.Id(), validate=_TEAMS)
    active = fields.Boolean()
    no_follow_up_days = fields.Integer(allow_none=True, strict=True, validate=_DAYS)
    no_deal_days = fields.Integer(allow_none=True, strict=True, validate=_DAYS)
    customer_no_follow_up_days = fields.Integer(allow_none=True, strict=True, validate=_DAYS)
    customer_no_deal_days = fields.Integer(allow_none=True, strict=True, validate=_DAYS)
    customer_no_close_days = fields.Integer(allow_none=True, strict=True, validate=_DAYS)
    warn_days = fields.Integer(strict=True, validate=_WAIT)
    claims_per_day = fields.Integer(allow_none=True, strict=True, validate=_LIMIT)
    max_held = fields.Integer(allow_none=True, strict=True, validate=_LIMIT)
    max_customers = fields.Integer(allow_none=True, strict=True, validate=_LIMIT)
    cool_down_days = fields.Integer(strict=True, validate=_WAIT)
    masked = fields.Boolean()
    zone = fields.Text(min=1, max=60)
    deals = fields.Text(validate=validate.OneOf(DEALS))


class PoolOut(Schema):
    """A pool: its teams, when leads and customers go back to it, and what its members may claim."""

    id = fields.Id()
    name = fields.Text()
    team_ids = fields.List(fields.Id())
    active = fields.Boolean()
    no_follow_up_days = fields.Integer(allow_none=True)
    no_deal_days = fields.Integer(allow_none=True)
    customer_no_follow_up_days = fields.Integer(allow_none=True)
    customer_no_deal_days = fields.Integer(allow_none=True)
    customer_no_close_days = fields.Integer(allow_none=True)
    warn_days = fields.Integer()
    claims_per_day = fields.Integer(allow_none=True)
    max_held = fields.Integer(allow_none=True)
    max_customers = fields.Integer(allow_none=True)
    cool_down_days = fields.Integer()
    masked = fields.Boolean()
    zone = fields.Text()
    deals = fields.Text(validate=validate.OneOf(DEALS))
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class PooledOut(Schema):
    """A lead in a pool. `email`, `phone` and `message` are null where the pool masks them until the lead is claimed."""

    id = fields.Id()
    name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    country = fields.Text(allow_none=True)
    region = fields.Text(allow_none=True)
    source = fields.Text()
    status = fields.Text(validate=validate.OneOf(STATUSES))
    score = fields.Integer()
    campaign_id = fields.Id(allow_none=True)
    territory_id = fields.Id(allow_none=True)
    email = fields.Text(allow_none=True)
    phone = fields.Text(allow_none=True)
    message = fields.Text(max=4000, allow_none=True)
    has_email = fields.Boolean()
    has_phone = fields.Boolean()
    pooled_at = fields.Instant()
    last_activity_at = fields.Instant()
    created_at = fields.Instant()


class GiveIn(Schema):
    """Who gets a lead out of the pool."""

    owner_id = fields.Id(required=True)


class ReturnIn(Schema):
    """Why a lead goes to a pool, and to which: that of its owner's team if left out."""

    reason = fields.Text(required=True, min=1, max=500)
    pool_id = fields.Id()


class TransferIn(Schema):
    """Which pool a lead goes to, and why."""

    to_pool_id = fields.Id(required=True)
    reason = fields.Text(required=True, min=1, max=500)


class MoveOut(Schema):
    """A line of the history of a lead or a customer. `rep_id`: who had it before, or got it; `by_id`: who did it (null:
    the clock). `refused`: why contacts did not make it so (`changed`, `merged`, `deleted`, ...); null: it did."""

    id = fields.Id()
    lead_id = fields.Id(allow_none=True)
    customer_id = fields.Id(allow_none=True)
    pool_id = fields.Id(allow_none=True)
    from_pool_id = fields.Id(allow_none=True)
    kind = fields.Text(validate=validate.OneOf(KINDS))
    rule = fields.Text(allow_none=True)
    rep_id = fields.Id(allow_none=True)
    by_id = fields.Id(allow_none=True)
    reason = fields.Text(max=500, allow_none=True)
    refused = fields.Text(allow_none=True)
    at = fields.Instant()
