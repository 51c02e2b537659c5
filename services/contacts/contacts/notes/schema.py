"""Notes over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields

KINDS = ("person", "company", "interaction", "task", "appointment")
MAX_TEXT = 20_000


class NoteOut(Schema):
    """A note. `text` is Markdown as it was written: who shows it makes it safe."""

    id = fields.Id()
    kind = fields.String(validate=validate.OneOf(KINDS))
    record_id = fields.Id()
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    text = fields.String()
    pinned = fields.Boolean()
    author_id = fields.Id(allow_none=True)
    edited_at = fields.Instant(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class NoteIn(Schema):
    """A new note about the record `record_id` of `kind`."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    record_id = fields.Id(required=True)
    text = fields.Text(required=True, max=MAX_TEXT)
    pinned = fields.Boolean(load_default=False)


class NotePatch(Schema):
    """Changes of a note."""

    text = fields.Text(min=1, max=MAX_TEXT)
    pinned = fields.Boolean()


class NoteVersionOut(Schema):
    """What a note said as of a version of it."""

    version = fields.Integer()
    text = fields.String()
    written_at = fields.Instant()
    author_id = fields.Id(allow_none=True)
