"""Sensitive values over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.sensitive.rules import FIELDS

_FIELD = validate.OneOf(FIELDS)


class MaskedOut(Schema):
    """That there is a value, and its end."""

    field = fields.String(metadata={"enum": list(FIELDS)})
    masked = fields.String()
    updated_at = fields.Instant()


class StoredOut(MaskedOut):
    """What was stored, and the people within reach who have the same value."""

    same_as = fields.List(fields.Id())


class RevealedOut(Schema):
    """The value itself."""

    field = fields.String()
    value = fields.String(allow_none=True)


class ValueIn(Schema):
    """A value as it was typed."""

    value = fields.Text(required=True, max=100, min=1)


class WhyIn(Schema):
    """Why it has to be read: it goes into the access log."""

    reason = fields.Text(required=True, max=500, min=3)


class SearchIn(WhyIn):
    """Whom a value belongs to; in the body, so that no log of requests holds it."""

    field = fields.String(required=True, validate=_FIELD)
    value = fields.Text(required=True, max=100, min=1)


class FoundOut(Schema):
    """A person who has the value."""

    id = fields.Id()
    name = fields.String()
    company_name = fields.String(allow_none=True)


class AccessOut(Schema):
    """Who read, or searched by, which field of whom, when and why; or fetched an export of all (`archive`)."""

    id = fields.Id()
    person_id = fields.Id(allow_none=True)
    field = fields.String()
    how = fields.String(metadata={"enum": ["read", "search", "export"]})
    reason = fields.String()
    user_id = fields.Id(allow_none=True)
    at = fields.Instant()
