"""Merges over the API."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from chassis.schema import Schema, fields
from contacts.companies.schema import CompanyOut
from contacts.merging.rules import STRATEGIES
from contacts.people.schema import PersonOut

MAX_LOSERS = 20


class MergeIn(Schema):
    """Who is merged into the record of the path, and whose value survives by field (`{"name": "<id>"}`).

    Fields of people: name, job_title, company, location, note, lifecycle, source, owner, email and phone (the primary
    ones); of companies: name, domain, parent, industry, employees, location, note, source, owner, email and
    phone; of both
    `custom.<key>`. Where nothing is chosen and the records contradict each other, `strategy` decides: `survivor`,
    `newest` (the record that was changed last) or `most_complete`.
    """

    loser_id = fields.Id()
    loser_ids = fields.List(fields.Id(), validate=validate.Length(1, MAX_LOSERS))
    choices = fields.Dict(data_key="fields", keys=fields.Text(max=100), values=fields.Id(), load_default=dict)
    strategy = fields.String(validate=validate.OneOf(STRATEGIES), load_default="survivor")
    dry_run = fields.Boolean(load_default=False)

    @validates_schema
    def _somebody(self, data: dict[str, Any], **_: Any) -> None:
        if bool(data.get("loser_id")) == bool(data.get("loser_ids")):
            raise ValidationError("Give loser_id or loser_ids.", "loser_id")


class MergeOut(Schema):
    """One merge. `state` is done or undone; `changed`: of the survivor, column -> [before, after]; `fields`: of each
    field both values, the `result`, what was taken (survivor, loser, both) and `why` (chosen, same, only_one,
    completes, united, or the strategy); `why`: the pair of duplicates that led to it, and the `rule` where nobody was
    asked."""

    id = fields.Id()
    kind = fields.String(validate=validate.OneOf(("person", "company")))
    survivor_id = fields.Id()
    loser_id = fields.Id()
    state = fields.String(validate=validate.OneOf(("done", "undone")))
    changed = fields.Dict()
    fields_ = fields.Dict(data_key="fields", attribute="fields")
    why = fields.Dict()
    merged_by = fields.Id(allow_none=True)
    created_at = fields.Instant()
    undone_at = fields.Instant(allow_none=True)
    undone_by = fields.Id(allow_none=True)


class MergedOut(Schema):
    """The person after the merge, and the merges that led there. With `dry_run`, as they would be."""

    person = fields.Nested(PersonOut)
    merges = fields.Nested(MergeOut, many=True)


class MergedCompanyOut(Schema):
    """The company after the merge, likewise."""

    company = fields.Nested(CompanyOut)
    merges = fields.Nested(MergeOut, many=True)
