"""Collaborators over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.collaborators.rules import ACCESS


class CollaboratorOut(Schema):
    """A user or team that works with a customer. `active` is false once `until` has come."""

    id = fields.Id()
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    user_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    name = fields.String(allow_none=True)
    access = fields.String(validate=validate.OneOf(ACCESS))
    until = fields.Instant(allow_none=True)
    active = fields.Boolean()
    include_people = fields.Boolean()
    granted_by = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class CollaboratorIn(Schema):
    """A grant to a user or to a team. `read` sees the record, `write` changes it, `owner` also hands it on, deletes it
    and decides who else works with it; from `until` on it is void."""

    user_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    access = fields.String(load_default="read", validate=validate.OneOf(ACCESS))
    until = fields.Instant(allow_none=True, load_default=None)


class AccountCollaboratorIn(CollaboratorIn):
    """A grant on a company; with `include_people` on its people, too, those who come later among them."""

    include_people = fields.Boolean(load_default=False)
