"""Messages as they come in and go out."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from chassis.schema import Schema, fields
from service_desk.tickets.rules import CHANNELS

MAX_BODY = 50_000


class MessageOut(Schema):
    id = fields.Id()
    ticket_id = fields.Id()
    direction = fields.String(metadata={"description": "`in` from the customer, `out` from the desk."})
    public = fields.Boolean(metadata={"description": "False for an internal note."})
    channel = fields.String()
    author_id = fields.Id(allow_none=True)
    author_name = fields.String(allow_none=True)
    body = fields.String()
    created_at = fields.Instant()


class SayIn(Schema):
    """What an agent says."""

    body = fields.Text(required=True, max=MAX_BODY)


class MessageIn(SayIn):
    """Any message: an agent's answer or note, or one of the customer's that came in over `channel`."""

    direction = fields.String(load_default="out", validate=validate.OneOf(("in", "out")))
    public = fields.Boolean(load_default=True)
    channel = fields.String(validate=validate.OneOf(CHANNELS))

    @validates_schema
    def _customers_write_no_notes(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("direction") == "in" and not data.get("public", True):
            raise ValidationError("What the customer writes is public.", "public")
