"""Files over the API."""

from __future__ import annotations

from chassis.schema import Schema, fields
from chassis.storage import form_with


class FileOut(Schema):
    """A file as it stands in its latest version, `number`."""

    id = fields.Id()
    kind = fields.String()
    record_id = fields.Id()
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    name = fields.String()
    number = fields.Integer()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    partner_visible = fields.Boolean()
    author_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class FileIn(Schema):
    """What is said beside the file itself."""

    partner_visible = fields.Boolean(load_default=False)


class VersionIn(Schema):
    """A new version is the file alone."""


class FilePatch(Schema):
    """Changes of a file. A name keeps an extension that fits the content."""

    name = fields.Text(min=1, max=200)
    partner_visible = fields.Boolean()


class FileVersionOut(Schema):
    """One version of a file. `restored`: the number of the version that it brings back."""

    number = fields.Integer()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    author_id = fields.Id(allow_none=True)
    restored = fields.Integer(allow_none=True)
    created_at = fields.Instant()


class FileLinkOut(Schema):
    """A link. `token` and `path` are shown this once."""

    file_id = fields.Id()
    number = fields.Integer()
    token = fields.String(allow_none=True)
    path = fields.String(allow_none=True)
    expires_at = fields.Instant()


FORM = form_with(partner_visible={"type": "boolean", "default": False})
