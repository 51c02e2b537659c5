"""What a job looks like to its client."""

from __future__ import annotations

from chassis.schema import Schema, fields


class JobOut(Schema):
    """A job: `done` of `total` rows are through; `failed` of them are in the errors file."""

    id = fields.Id(dump_only=True)
    kind = fields.String()
    status = fields.String(
        metadata={"enum": ["waiting", "running", "paused", "cancelling", "cancelled", "done", "failed"]}
    )
    done = fields.Integer()
    total = fields.Integer(allow_none=True)
    failed = fields.Integer()
    result = fields.Dict(allow_none=True)
    problem = fields.String(allow_none=True)
    created_at = fields.DateTime()
    started_at = fields.DateTime(allow_none=True)
    ended_at = fields.DateTime(allow_none=True)
    version = fields.Integer()
