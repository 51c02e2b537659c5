"""Contact points over the API: as plain text, or with a label and whether several share them."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validate
from marshmallow import fields as ma

from chassis.schema import Schema, fields
from contacts.points.normal import NotNormal, email_point, phone_point
from contacts.points.rules import Kind, Point

LABELS = ("work", "home", "mobile", "other")
MAX_POINTS = 20
_MAX_LENGTH = 254


class PointOut(Schema):
    """A contact point: `value` in normal form (a phone is E.164), `typed` as it was entered."""

    class Meta(Schema.Meta):
        flat = "value"

    value = fields.String()
    typed = fields.String()
    label = fields.String()
    shared = fields.Boolean()


class EmailField(ma.String):
    """An e-mail address, kept in normal form and as it was typed."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return _read("email", super()._deserialize(value, attr, data, **kwargs))


class PhoneField(ma.String):
    """A phone number in any usual spelling, kept as E.164 and as it was typed."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return _read("phone", super()._deserialize(value, attr, data, **kwargs))


class PointField(ma.Field):
    """`"li@acme.cn"` or `{"value": "li@acme.cn", "label": "work", "shared": false}`."""

    def __init__(self, kind: Kind, **options: Any) -> None:
        super().__init__(metadata={"oneOf": [{"type": "string"}, _AS_OBJECT]}, **options)
        self.kind = kind

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Point:  # noqa: ARG002
        if isinstance(value, str):
            return _read(self.kind, value)
        if not isinstance(value, dict) or not isinstance(value.get("value"), str):
            raise ValidationError("Not a valid contact point: a text, or an object with a value.")
        unknown = value.keys() - {"value", "label", "shared", "typed"}
        if unknown:
            raise ValidationError({name: ["Unknown field."] for name in unknown})
        label, shared = value.get("label", ""), value.get("shared")
        if label and label not in LABELS:
            raise ValidationError({"label": [f"Must be one of: {', '.join(LABELS)}."]})
        if not isinstance(shared, bool | None):
            raise ValidationError({"shared": ["Not a valid boolean."]})
        return _read(self.kind, value["value"], label, shared)


_AS_OBJECT = {
    "type": "object",
    "required": ["value"],
    "additionalProperties": False,
    "properties": {
        "value": {"type": "string"},
        "typed": {"type": "string", "description": "Ignored: what is sent as value is what was typed."},
        "label": {"type": "string", "enum": list(LABELS)},
        "shared": {"type": ["boolean", "null"], "description": "Names a person only together with the name."},
    },
}


def point_list(kind: Kind) -> ma.List:
    """The field for all e-mails or all phones of somebody; the first is the primary one."""
    return ma.List(PointField(kind), validate=validate.Length(max=MAX_POINTS))


def _read(kind: Kind, text: str, label: str = "", shared: bool | None = None) -> Point:
    if len(text) > _MAX_LENGTH or "\x00" in text:
        raise ValidationError(f"Longer than maximum length {_MAX_LENGTH}.")
    try:
        if kind == "email":
            return email_point(text, label or "other", bool(shared))
        return phone_point(text, label, shared)
    except NotNormal as error:
        raise ValidationError(f"Not a valid {kind}: {error}") from None
