"""Requests of people about their own data, over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.privacy.rules import KINDS, LAWS


class AnswerOut(Schema):
    """Where a service stands: how many rows of which tables it erased, what it had to keep and why; never whose."""

    service = fields.String()
    state = fields.String(metadata={"enum": ["outstanding", "answered"]})
    asked_at = fields.Instant()
    answered_at = fields.Instant(allow_none=True)
    tables = fields.Dict()
    kept = fields.List(fields.Dict())


class RequestOut(Schema):
    """What a person asked for about their data, and who has answered."""

    id = fields.Id()
    kind = fields.String(metadata={"enum": list(KINDS)})
    person_id = fields.Id()
    law = fields.String(metadata={"enum": list(LAWS)})
    channel = fields.String()
    state = fields.String(metadata={"enum": ["open", "running", "done", "rejected"]})
    received_at = fields.Instant()
    due_at = fields.Instant()
    note = fields.String(allow_none=True)
    identity = fields.String(allow_none=True)
    identity_checked_by = fields.Id(allow_none=True)
    identity_checked_at = fields.Instant(allow_none=True)
    reason = fields.String(allow_none=True)
    opened_by = fields.Id(allow_none=True)
    begun_by = fields.Id(allow_none=True)
    begun_at = fields.Instant(allow_none=True)
    done_at = fields.Instant(allow_none=True)
    expires_at = fields.Instant(allow_none=True)
    outstanding = fields.List(fields.String())
    services = fields.List(fields.Nested(AnswerOut))
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class RequestIn(Schema):
    """A request as it came in. `identity`: how it was checked that it is the person who asks."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    person_id = fields.Id(required=True)
    law = fields.String(load_default="gdpr", validate=validate.OneOf(LAWS))
    channel = fields.Text(load_default="api", max=50, min=1)
    received_at = fields.Instant()
    note = fields.Text(max=2000, allow_none=True)
    identity = fields.Text(max=500, min=1)


class IdentityIn(Schema):
    """How it was checked that it is the person who asks."""

    identity = fields.Text(required=True, max=500, min=1)


class ReasonIn(Schema):
    """Why."""

    reason = fields.Text(required=True, max=1000, min=1)


class HoldIn(Schema):
    """Why a person must not be erased, and until when if that is known."""

    reason = fields.Text(required=True, max=1000, min=1)
    until = fields.Instant(allow_none=True)


class HoldOut(Schema):
    """A reason why a person must not be erased."""

    id = fields.Id()
    person_id = fields.Id()
    reason = fields.String()
    until = fields.Instant(allow_none=True)
    placed_by = fields.Id(allow_none=True)
    lifted_at = fields.Instant(allow_none=True)
    lifted_by = fields.Id(allow_none=True)
    created_at = fields.Instant()
