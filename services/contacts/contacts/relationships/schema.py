"""Relationships over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.relationships.rules import KINDS

_READINGS = tuple(dict.fromkeys([*KINDS, *(kind.inverse for kind in KINDS.values())]))


class RelationshipOut(Schema):
    """`from` is `kind` `to`. Without `until` it lasts."""

    id = fields.Id()
    kind = fields.String(validate=validate.OneOf(tuple(KINDS)))
    from_person_id = fields.Id(allow_none=True)
    from_company_id = fields.Id(allow_none=True)
    to_person_id = fields.Id(allow_none=True)
    to_company_id = fields.Id(allow_none=True)
    title = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    since = fields.Date(allow_none=True)
    until = fields.Date(allow_none=True)
    note = fields.String(allow_none=True)
    author_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class SeenOut(Schema):
    """A relationship as it reads from one of its ends: this one is `kind` (or its inverse) of the other."""

    id = fields.Id()
    kind = fields.String(validate=validate.OneOf(_READINGS))
    current = fields.Boolean()
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    name = fields.String()
    title = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    since = fields.Date(allow_none=True)
    until = fields.Date(allow_none=True)
    note = fields.String(allow_none=True)
    version = fields.Integer()


class RelationshipPatch(Schema):
    """What can be changed of a relationship; `until` ends it."""

    title = fields.Text(allow_none=True)
    department = fields.Text(allow_none=True)
    since = fields.Date(allow_none=True)
    until = fields.Date(allow_none=True)
    note = fields.Text(max=2000, allow_none=True)


class RelationshipIn(RelationshipPatch):
    """A new relationship: `from` is `kind` `to`."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    from_person_id = fields.Id(allow_none=True)
    from_company_id = fields.Id(allow_none=True)
    to_person_id = fields.Id(allow_none=True)
    to_company_id = fields.Id(allow_none=True)


class ManagerIn(Schema):
    """Whom a person reports to from now on; null: to nobody."""

    manager_id = fields.Id(required=True, allow_none=True)


class ChartOut(Schema):
    """The people of a company by who reports to whom. `chart` holds those at the top, each with `id`, `name`,
    `job_title`, `department`, `roles`, `decision_maker`, `influence` (not for partners), `manager_id` and their
    `reports` of the same shape; `unplaced` those above and below whom nobody is known."""

    company_id = fields.Id()
    name = fields.String()
    people = fields.Integer()
    truncated = fields.Boolean()
    chart = fields.List(fields.Dict())
    unplaced = fields.List(fields.Dict())
