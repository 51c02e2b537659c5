"""What comes with an imported file."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import ValidationError, validate
from marshmallow import fields as ma

from chassis.schema import Schema, fields
from contacts.imports.headers import COMPANIES, PEOPLE
from contacts.imports.rules import AT_COMPANY, LISTED, MODES


class MappingField(ma.String):
    """`{"Tel. privat": "phone", "Kd-Nr": null}` as JSON text: what a column means, null to leave it out."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            mapping = json.loads(super()._deserialize(value, attr, data, **kwargs))
        except ValueError:
            raise ValidationError("Not valid JSON.") from None
        if not isinstance(mapping, dict) or not all(isinstance(v, str | None) for v in mapping.values()):
            raise ValidationError("Not a JSON object of column names with field names or null.")
        return mapping


class FileIn(Schema):
    """How a file is to be read, and what it lists."""

    entity = fields.String(load_default="people", validate=validate.OneOf(LISTED))
    mapping = MappingField(load_default=dict)
    profile = fields.Text(min=1, max=80)
    match = fields.Text(min=1, max=500)
    sheet = fields.Text(min=1, max=31)
    encoding = fields.Text(min=1, max=40)
    delimiter = fields.String(validate=validate.OneOf([",", ";", "\t", "|"]))


class ImportIn(FileIn):
    """The form fields beside the file."""

    mode = fields.String(load_default="upsert", validate=validate.OneOf(MODES))
    dry_run = fields.Boolean(load_default=False)
    source = fields.Text(load_default="import", max=50, min=1)
    tags = fields.Text(load_default="", max=500)
    owner_id = fields.Id(allow_none=True)


class PreviewedPersonOut(Schema):
    """A person as a row would become."""

    row = fields.Integer()
    name = fields.String()
    emails = fields.List(fields.String())
    phones = fields.List(fields.String())
    handles = fields.List(fields.String())
    memberships = fields.List(fields.String())
    tags = fields.List(fields.String())
    custom = fields.Dict()
    roles = fields.List(fields.String())
    job_title = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    company_name = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    addresses = fields.List(fields.Dict())
    note = fields.String(allow_none=True)
    source = fields.String()


class PreviewedCompanyOut(Schema):
    """A company as a row would become."""

    row = fields.Integer()
    name = fields.String(allow_none=True)
    domain = fields.String(allow_none=True)
    emails = fields.List(fields.String())
    phones = fields.List(fields.String())
    tags = fields.List(fields.String())
    custom = fields.Dict()
    industry = fields.String(allow_none=True)
    employees = fields.Integer(allow_none=True)
    country = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    addresses = fields.List(fields.Dict())
    note = fields.String(allow_none=True)
    source = fields.String()


class PreviewedErrorOut(Schema):
    """Why a row would be refused."""

    row = fields.Integer()
    field = fields.String()
    code = fields.String()
    message = fields.String()


class PreviewedRowOut(Schema):
    """One of them."""

    person = fields.Nested(PreviewedPersonOut, allow_none=True)
    company = fields.Nested(PreviewedCompanyOut, allow_none=True)
    error = fields.Nested(PreviewedErrorOut, allow_none=True)


class PreviewOut(Schema):
    """How a file would be read: which column is what, and the first rows as they would become."""

    headers = fields.List(fields.String())
    header_row = fields.Integer()
    mapping = fields.Dict()
    columns_left_out = fields.List(fields.String())
    encoding = fields.String(allow_none=True)
    delimiter = fields.String(allow_none=True)
    sheet = fields.String(allow_none=True)
    rows = fields.List(fields.Nested(PreviewedRowOut))


class ProfileOut(Schema):
    """A mapping under a name."""

    id = fields.Id()
    name = fields.String()
    entity = fields.String(validate=validate.OneOf(LISTED))
    mapping = fields.Dict()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


def _columns(**options: Any) -> ma.Dict:
    column = fields.String(validate=validate.Length(1, 200))
    return fields.Dict(column, fields.String(allow_none=True), validate=validate.Length(1, 200), **options)


class ProfilePatch(Schema):
    """Another name, or another mapping as a whole."""

    name = fields.Text(min=1, max=80)
    mapping = _columns()


class ProfileIn(Schema):
    """A mapping to keep: column to field, null for a column to leave out."""

    name = fields.Text(required=True, min=1, max=80)
    entity = fields.String(load_default="people", validate=validate.OneOf(LISTED))
    mapping = _columns(required=True)


_FILE = {
    "file": {
        "type": "string",
        "format": "binary",
        "description": "CSV in any usual encoding and delimiter, or XLSX.",
    },
    "entity": {"type": "string", "enum": list(LISTED), "default": "people", "description": "What the file lists."},
    "mapping": {
        "type": "string",
        "description": "JSON object from column to field (null: leave out), where the guess is wrong. Fields: "
        + ", ".join(target.name for target in PEOPLE)
        + ", membership:<scheme>; of companies: "
        + ", ".join(target.name for target in COMPANIES)
        + "; custom.<key> of each custom field.",
    },
    "match": {
        "type": "string",
        "description": "What records are found by, the first that finds one counts; comma-separated. People: email, "
        f"phone, {AT_COMPANY}, membership:<scheme>, handle:<network>, custom.<key> of a unique field. Default: email, "
        "then phone, handles and memberships. Companies: domain, name, custom.<key>; by default domain, then name.",
    },
    "profile": {"type": "string", "description": "The name of a kept mapping; `mapping` goes before it."},
    "sheet": {"type": "string", "description": "Of a workbook; else its first one."},
    "encoding": {"type": "string", "description": "Where the guess is wrong: gb18030, cp1252, ..."},
    "delimiter": {"type": "string", "enum": [",", ";", "\t", "|"]},
}
FILE_FORM = {"type": "object", "required": ["file"], "properties": _FILE}
FORM = {
    "type": "object",
    "required": ["file"],
    "properties": _FILE
    | {
        "mode": {"type": "string", "enum": list(MODES), "default": "upsert"},
        "dry_run": {"type": "boolean", "default": False, "description": "Say what would happen, change nothing."},
        "source": {"type": "string", "default": "import"},
        "tags": {"type": "string", "description": "Given to everybody who is made or updated; comma-separated."},
        "owner_id": {"type": "string", "format": "uuid"},
    },
}
