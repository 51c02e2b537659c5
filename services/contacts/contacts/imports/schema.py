"""What comes with an imported file."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import ValidationError, validate
from marshmallow import fields as ma

from chassis.schema import Schema, fields
from contacts.imports.rules import FIELDS, MODES


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


class ImportIn(Schema):
    """The form fields beside the file."""

    mode = fields.String(load_default="upsert", validate=validate.OneOf(MODES))
    dry_run = fields.Boolean(load_default=False)
    mapping = MappingField(load_default=dict)
    encoding = fields.Text(min=1, max=40)
    delimiter = fields.String(validate=validate.OneOf([",", ";", "\t", "|"]))
    source = fields.Text(load_default="import", max=50, min=1)
    tags = fields.Text(load_default="", max=500)
    owner_id = fields.Id(allow_none=True)


FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "CSV; any usual encoding and delimiter."},
        "mode": {"type": "string", "enum": list(MODES), "default": "upsert"},
        "dry_run": {"type": "boolean", "default": False, "description": "Say what would happen, change nothing."},
        "mapping": {
            "type": "string",
            "description": "JSON object from column to field (null: leave out), where the guess is wrong. Fields: "
            + ", ".join(FIELDS),
        },
        "encoding": {"type": "string", "description": "Where the guess is wrong: gb18030, cp1252, ..."},
        "delimiter": {"type": "string", "enum": [",", ";", "\t", "|"]},
        "source": {"type": "string", "default": "import"},
        "tags": {"type": "string", "description": "Given to everybody who is made or updated; comma-separated."},
        "owner_id": {"type": "string", "format": "uuid"},
    },
}
