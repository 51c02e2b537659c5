"""What comes in and goes out about the people of a deal."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import validate

from chassis.copies import NOT_FOR_PARTNERS
from chassis.schema import Schema, fields
from sales.stakeholders.rules import ROLES


class ContactIn(Schema):
    """A person, and what part they have."""

    person_id = fields.Id(required=True)
    role = fields.Text(required=True, validate=validate.OneOf(ROLES))


class ContactsIn(Schema):
    """All the people of a deal: those left out are taken away."""

    contacts = fields.List(fields.Nested(ContactIn), required=True, validate=validate.Length(max=50))


class ContactOut(Schema):
    """A person of a deal."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": NOT_FOR_PARTNERS}

    person_id = fields.Id()
    name = fields.Text(allow_none=True)
    role = fields.Text(validate=validate.OneOf(ROLES))
