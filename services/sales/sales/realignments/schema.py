"""What comes in and goes out about re-alignments."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.realignments.rules import KEEP, RECORDS, STATES, STATUSES
from sales.territories.schema import TerritoryPatch

_RECORDS = [validate.Length(min=1, max=2), validate.ContainsOnly(RECORDS)]
_KEEP = [validate.Length(max=2), validate.ContainsOnly(KEEP)]
_CHANGES = validate.Length(max=500)


class ChangeField(Schema):
    """Another form of a territory: what is `set` is what a change of the territory itself takes."""

    territory_id = fields.Id(required=True)
    set = fields.Nested(TerritoryPatch, required=True)


class RealignmentIn(Schema):
    """A new re-alignment, a draft. Without `changes` the open records are shared out anew as things are."""

    name = fields.Text(required=True, max=120)
    changes = fields.List(fields.Nested(ChangeField), load_default=list, validate=_CHANGES)
    records = fields.List(fields.String(), load_default=lambda: list(RECORDS), validate=_RECORDS)
    keep = fields.List(fields.String(), load_default=lambda: ["members"], validate=_KEEP)
    when = fields.Dict(keys=fields.String(), allow_none=True)


class RealignmentPatch(Schema):
    """What can be changed of a re-alignment until it runs; it has to be planned anew."""

    name = fields.Text(min=1, max=120)
    changes = fields.List(fields.Nested(ChangeField), validate=_CHANGES)
    records = fields.List(fields.String(), validate=_RECORDS)
    keep = fields.List(fields.String(), validate=_KEEP)
    when = fields.Dict(keys=fields.String(), allow_none=True)


class RealignmentOut(Schema):
    """A re-alignment. `job_id` is the job that plans, runs or undoes it."""

    id = fields.Id()
    name = fields.Text()
    status = fields.Text(validate=validate.OneOf(STATUSES))
    changes = fields.List(fields.Dict(keys=fields.String()))
    records = fields.List(fields.String())
    keep = fields.List(fields.String())
    when = fields.Dict(keys=fields.String(), allow_none=True)
    job_id = fields.Id(allow_none=True)
    created_by = fields.Id(allow_none=True)
    run_at = fields.Instant(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class FlowOut(Schema):
    """What goes from one owner to another (null: nobody; the same one: only the territory changes)."""

    from_owner = fields.Id(allow_none=True)
    to_owner = fields.Id(allow_none=True)
    leads = fields.Integer()
    deals = fields.Integer()
    value = fields.Amount()


class PreviewOut(Schema):
    """What a planned re-alignment moves: how many, of what value (open deals, base currency), from whom to whom; how
    many of the moves are in which state."""

    leads = fields.Integer()
    deals = fields.Integer()
    value = fields.Amount()
    flows = fields.List(fields.Nested(FlowOut))
    states = fields.Dict(keys=fields.String(), values=fields.Integer())


class MoveOut(Schema):
    """A lead or deal that moves."""

    id = fields.Id()
    realignment_id = fields.Id()
    kind = fields.Text(validate=validate.OneOf(RECORDS))
    record_id = fields.Id()
    from_owner = fields.Id(allow_none=True)
    to_owner = fields.Id(allow_none=True)
    from_territory = fields.Id(allow_none=True)
    to_territory = fields.Id(allow_none=True)
    value = fields.Amount(allow_none=True)
    state = fields.Text(validate=validate.OneOf(STATES))
