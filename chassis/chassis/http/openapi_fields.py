"""The platform's own fields, and its problem document, in JSON Schema."""

from __future__ import annotations

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import fields as ma

from chassis.custom.describing import MARK
from chassis.schema import field_types as own
from chassis.schema.standards import currencies

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "trace_id": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "message")},
            },
        },
    },
}


def map_fields(plugin: MarshmallowPlugin) -> None:
    """Teach the plug-in the platform's own fields."""
    assert plugin.converter is not None
    plugin.converter.add_attribute_function(_own_types)


def _own_types(_self: Any, field: ma.Field, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The schema of the platform's own fields; it replaces what apispec found, whether null is allowed included."""
    found = _own_type(field)
    if isinstance(field, ma.Decimal) and found:
        for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            ret.pop(bound, None)  # a decimal travels as text, which has no bounds in JSON Schema
    if found and field.allow_none:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def _own_type(field: ma.Field) -> dict[str, Any]:
    match field:
        case own.Amount():
            return {"type": "string", "pattern": r"^-?\d{1,16}(\.\d{1,4})?$", "examples": ["1250.00"]}
        case ma.Decimal() if field.as_string:
            return {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
        case own.Currency():
            return {"type": "string", "enum": sorted(currencies())}
        case own.CountryCode():
            return {"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["CN"]}
        case own.Custom():
            return {"type": "object", MARK: field.entity}
        case own.TimeZone():
            return {"type": "string", "examples": ["Asia/Shanghai", "Europe/Berlin"]}
        case own.Email():
            return {"type": "string", "format": "email"}
        case own.Phone():
            return {"type": "string", "examples": ["+8613800138000"]}
        case own.Instant():
            return {"type": "string", "format": "date-time"}
    return {}
