"""Agents as they come in and go out."""

from __future__ import annotations

from chassis.schema import Schema, fields


class AgentOut(Schema):
    id = fields.Id(metadata={"description": "The user's id."})
    name = fields.String()
    email = fields.String(allow_none=True)
    roles = fields.List(fields.String())
    team_id = fields.Id(allow_none=True)
    active = fields.Boolean()
    available = fields.Boolean(metadata={"description": "Whether new tickets are given to them."})
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class AgentPatch(Schema):
    available = fields.Boolean()
