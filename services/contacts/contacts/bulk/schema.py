"""Bulk edits over the API."""

from __future__ import annotations

from typing import Any

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.bulk.rules import CLEARABLE, FIELDS, Changes
from contacts.people.schema import PersonPatch

_TAGS = validate.Length(max=20)


class ValuesIn(PersonPatch):
    """Values to be given to many; contact points and names belong to one person alone."""

    class Meta(PersonPatch.Meta):
        fields = FIELDS


class ChangesIn(Schema):
    """What is to be changed: `set` overwrites, `fill` only what is missing, `clear` empties."""

    set = fields.Nested(ValuesIn)
    fill = fields.Nested(ValuesIn)
    clear = fields.List(fields.String(validate=validate.OneOf(CLEARABLE)))
    add_tags = fields.List(fields.Text(min=1, max=50), validate=_TAGS)
    remove_tags = fields.List(fields.Text(min=1, max=50), validate=_TAGS)


class BulkEditIn(ChangesIn):
    """Whom and what: `ids`, or `filter` with the parameters of the list of people (and `missing`)."""

    ids = fields.List(fields.Id(), validate=validate.Length(min=1, max=1000))
    filter = fields.Dict(keys=fields.String(), values=fields.String(validate=validate.Length(max=2000)))
    reason = fields.Text(max=500, allow_none=True)


class BulkEditOut(Schema):
    """A bulk edit. Its id is also that of its job, which has the progress and the rows that were left out; `undo_id`
    is the job that takes it back."""

    id = fields.Id()
    created_by = fields.Id(allow_none=True)
    changes = fields.Dict()
    reason = fields.String(allow_none=True)
    total = fields.Integer()
    counts = fields.Dict(metadata={"description": "changed, unchanged, skipped, failed; after an undo restored, kept."})
    undo_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class PreviewRowOut(Schema):
    """What would become of one person."""

    id = fields.Id()
    name = fields.String()
    before = fields.Dict()
    after = fields.Dict()


class PreviewOut(Schema):
    """How many people it is about, and what would become of the first."""

    count = fields.Integer()
    rows = fields.Nested(PreviewRowOut, many=True)


def changes_of(said: dict[str, Any]) -> Changes:
    """The changes that a loaded body names."""
    return Changes(
        set=said.get("set", {}),
        fill=said.get("fill", {}),
        clear=tuple(dict.fromkeys(said.get("clear", ()))),
        add_tags=tuple(said.get("add_tags", ())),
        remove_tags=tuple(said.get("remove_tags", ())),
    )
