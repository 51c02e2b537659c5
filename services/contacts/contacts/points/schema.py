"""Contact points over the API: e-mails and phones as plain text, or with a label and whether several share them; social
handles by network, memberships by scheme."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validate
from marshmallow import fields as ma

from chassis.schema import Schema, fields
from contacts.points.networks import NETWORKS, handle_point, membership_point
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


class HandleOut(Schema):
    """An account of a social network: `handle` in normal form, `typed` as it was entered."""

    network = fields.String(attribute="label", validate=validate.OneOf(tuple(NETWORKS)))
    handle = fields.String(attribute="bare")
    typed = fields.String()


class MembershipOut(Schema):
    """A number that is unique within its scheme: a shop card, the customer number of an ERP."""

    scheme = fields.String(attribute="label")
    number = fields.String(attribute="bare")
    typed = fields.String()


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


class NamedPointField(ma.Field):
    """`{"network": "wechat", "handle": "li_na"}`, or `{"scheme": "shop_card", "number": "10023"}`."""

    def __init__(self, kind: Kind, **options: Any) -> None:
        self.kind = kind
        self.names, self.read = _NAMED[kind]
        super().__init__(metadata=_named_object(*self.names), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Point:  # noqa: ARG002
        if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in self.names):
            raise ValidationError(f"Not a valid {self.kind}: an object with {' and '.join(self.names)}.")
        if unknown := value.keys() - {*self.names, "typed"}:
            raise ValidationError({name: ["Unknown field."] for name in unknown})
        within, text = (value[name] for name in self.names)
        if len(text) > _MAX_LENGTH or len(within) > _MAX_LENGTH or "\x00" in within + text:
            raise ValidationError(f"Longer than maximum length {_MAX_LENGTH}.")
        try:
            return self.read(within, text)
        except NotNormal as error:
            field = self.names[0] if error.code in ("unknown_network", "invalid_scheme") else self.names[1]
            raise ValidationError({field: [f"Not a valid {field}: {error}"]}) from None


_NAMED = {
    "handle": (("network", "handle"), handle_point),
    "membership": (("scheme", "number"), membership_point),
}


def _named_object(*names: str) -> dict[str, Any]:
    properties = {name: {"type": "string"} for name in (*names, "typed")}
    return {"type": "object", "required": [*names], "additionalProperties": False, "properties": properties}


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
    """The field for all points of one kind of somebody; the first is the primary one."""
    item = NamedPointField(kind) if kind in _NAMED else PointField(kind)
    return ma.List(item, validate=validate.Length(max=MAX_POINTS))


def _read(kind: Kind, text: str, label: str = "", shared: bool | None = None) -> Point:
    if len(text) > _MAX_LENGTH or "\x00" in text:
        raise ValidationError(f"Longer than maximum length {_MAX_LENGTH}.")
    try:
        if kind == "email":
            return email_point(text, label or "other", bool(shared))
        return phone_point(text, label, shared)
    except NotNormal as error:
        raise ValidationError(f"Not a valid {kind}: {error}") from None
