"""The timeline over the API."""

from __future__ import annotations

from chassis.schema import Schema, fields


class EntryOut(Schema):
    """One entry: `kind` is what it is about (deal, ticket, task, ...), `type` what happened, `data` what to link to."""

    id = fields.Id()
    at = fields.Instant()
    kind = fields.String()
    type = fields.String()
    title = fields.String()
    actor_id = fields.Id(allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    data = fields.Dict()
