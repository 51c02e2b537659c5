"""What goes out about customers and pools."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.customer_pools.rules import KINDS, STATES


class CustomerOut(Schema):
    """A customer of contacts under the same id: a company, or a person who belongs to none. `state`: owned, unowned;
    `leaving` until contacts has taken it off its owner, `pooled`; `claimed` until contacts has made `taker_id` its
    owner. `move_id`: the line of the history that contacts has not answered. `warned_for`, `reclaim_at`: what its owner
    was warned of."""

    id = fields.Id()
    kind = fields.Text(validate=validate.OneOf(KINDS))
    name = fields.Text(allow_none=True)
    state = fields.Text(validate=validate.OneOf(STATES))
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    taker_id = fields.Id(allow_none=True)
    move_id = fields.Id(allow_none=True)
    pool_id = fields.Id(allow_none=True)
    pooled_at = fields.Instant(allow_none=True)
    idle_since = fields.Instant()
    no_deal_since = fields.Instant()
    no_close_since = fields.Instant()
    protected = fields.Boolean()
    warned_for = fields.Instant(allow_none=True)
    reclaim_at = fields.Instant(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class PooledCustomerOut(Schema):
    """A customer in a pool. `email` and `phone` of a person are null where the pool masks them until it is claimed."""

    id = fields.Id()
    kind = fields.Text(validate=validate.OneOf(KINDS))
    state = fields.Text(validate=validate.OneOf(STATES))
    name = fields.Text(allow_none=True)
    country = fields.Text(allow_none=True)
    region = fields.Text(allow_none=True)
    postcode = fields.Text(allow_none=True)
    industry = fields.Text(allow_none=True)
    employees = fields.Integer(allow_none=True)
    domain = fields.Text(allow_none=True)
    email = fields.Text(allow_none=True)
    phone = fields.Text(allow_none=True)
    has_email = fields.Boolean()
    has_phone = fields.Boolean()
    pooled_at = fields.Instant()
    idle_since = fields.Instant()
    no_deal_since = fields.Instant()
    no_close_since = fields.Instant()
