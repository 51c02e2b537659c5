"""What comes in and goes out about territories."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.territories.rules import ROLES

_POSITION = validate.Range(min=0, max=1_000_000)
_PRIORITY = validate.Range(min=-1000, max=1000)
_MEMBERS = validate.Length(max=500)


class MemberField(Schema):
    """A rep's place in a territory. `weight`: the share of its leads beside the other reps."""

    rep_id = fields.Id(required=True)
    role = fields.Text(load_default="rep", validate=validate.OneOf(ROLES))
    weight = fields.Integer(load_default=1, strict=True, validate=validate.Range(min=1, max=1000))


class TerritoryIn(Schema):
    """A new territory. Without a `position` it is the last. `when` holds further conditions; `member_ids` is a short
    way to name reps of equal shares, `members` says more."""

    name = fields.Text(required=True, max=80)
    parent_id = fields.Id(allow_none=True)
    position = fields.Integer(validate=_POSITION)
    priority = fields.Integer(load_default=0, validate=_PRIORITY)
    country = fields.CountryCode(allow_none=True, load_default=None)
    postcode_prefix = fields.Text(max=12, allow_none=True, load_default=None)
    when = fields.Dict(keys=fields.String(), allow_none=True)
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    active = fields.Boolean(load_default=True)
    member_ids = fields.List(fields.Id(), validate=_MEMBERS)
    members = fields.List(fields.Nested(MemberField), validate=_MEMBERS)


class TerritoryPatch(Schema):
    """What can be changed of a territory; `members` (or `member_ids`) is the whole list."""

    name = fields.Text(min=1, max=80)
    parent_id = fields.Id(allow_none=True)
    position = fields.Integer(validate=_POSITION)
    priority = fields.Integer(validate=_PRIORITY)
    country = fields.CountryCode(allow_none=True)
    postcode_prefix = fields.Text(max=12, allow_none=True)
    when = fields.Dict(keys=fields.String(), allow_none=True)
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    active = fields.Boolean()
    member_ids = fields.List(fields.Id(), validate=_MEMBERS)
    members = fields.List(fields.Nested(MemberField), validate=_MEMBERS)


class TerritoryOut(Schema):
    """A territory; `member_ids` are the reps among its members."""

    id = fields.Id()
    name = fields.Text()
    parent_id = fields.Id(allow_none=True)
    position = fields.Integer()
    priority = fields.Integer()
    country = fields.CountryCode(allow_none=True)
    postcode_prefix = fields.Text(allow_none=True)
    when = fields.Dict(keys=fields.String(), allow_none=True)
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    active = fields.Boolean()
    member_ids = fields.List(fields.Id())
    members = fields.List(fields.Nested(MemberField))
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class PlaceIn(Schema):
    """A customer to be placed: where it is, and what it does."""

    country = fields.CountryCode(allow_none=True)
    region = fields.Text(max=80, allow_none=True)
    postcode = fields.Text(max=20, allow_none=True)
    industry = fields.Text(max=80, allow_none=True)
    employees = fields.Integer(allow_none=True, strict=True, validate=validate.Range(min=0, max=10_000_000))


class FoundOut(Schema):
    """A territory that holds the customer."""

    id = fields.Id()
    name = fields.Text()
    place = fields.Text(max=5000)
    priority = fields.Integer()
    managers = fields.List(fields.Id())


class MatchOut(Schema):
    """Whose the customer would be: the territories that hold it, the winner first, and why; `owner_id` is whose turn it
    is now (null: nobody's), `assignment` explains it."""

    territories = fields.List(fields.Nested(FoundOut))
    reason = fields.Text(max=2000)
    owner_id = fields.Id(allow_none=True)
    assignment = fields.Dict(keys=fields.String())


class BranchOut(Schema):
    """A territory in the tree with what lies in it: `own`, and `total` with all that stands below it. Amounts are those
    of open deals, in the base currency."""

    id = fields.Id()
    name = fields.Text()
    parent_id = fields.Id(allow_none=True)
    depth = fields.Integer()
    own_leads = fields.Integer()
    own_deals = fields.Integer()
    own_amount = fields.Amount()
    leads = fields.Integer()
    deals = fields.Integer()
    amount = fields.Amount()
