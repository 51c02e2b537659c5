"""What makes a form definition sound."""

from __future__ import annotations

import re
from typing import Any

from chassis.errors import FieldError, Invalid

TYPES = ("text", "email", "phone", "choice", "textarea", "number", "country", "postcode")
MAX_FIELDS = 50
_HTML_NAMES = {"tel": "phone", "select": "choice"}
_TYPE_OF_NAME = {
    "email": "email",
    "phone": "phone",
    "mobile": "phone",
    "tel": "phone",
    "country": "country",
    "postcode": "postcode",
    "message": "textarea",
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_RESERVED = {"consent", "consent_version", "campaign", "Meta"}
_TRAPS = ("website", "homepage", "fax")


def is_key(text: str) -> bool:
    """Whether `text` can be a form's key: 1 to 64 lower-case letters, digits and inner hyphens."""
    return _SLUG.fullmatch(text) is not None


def check_key(key: str) -> str:
    """`key`, which will stand in URLs; Invalid if it cannot."""
    if not is_key(key):
        raise Invalid("key", "slug", "Use 1 to 64 lower-case letters, digits and inner hyphens, such as spring-2027.")
    return key


def define(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The definition in full: `{name, label, type, required, options}` per field, in the order given.

    Where no type is named the name decides (`email`, `phone`, ...), else it is `text`.
    Every broken rule is named: `fields.2.type`.
    """
    errors: list[FieldError] = []
    if not 1 <= len(fields) <= MAX_FIELDS:
        raise Invalid("fields", "length", f"A form has 1 to {MAX_FIELDS} fields.")
    defined = [_field(given, f"fields.{index}", errors) for index, given in enumerate(fields)]
    names = [field["name"] for field in defined]
    for index, name in enumerate(names):
        if name in names[:index]:
            errors.append(FieldError(f"fields.{index}.name", "duplicate", f"There is a field {name} already."))
    if errors:
        raise Invalid.many(errors)
    return defined


def honeypot(fields: list[dict[str, Any]]) -> str:
    """The name of the field that people do not see and robots fill in: the first usual one that the form
    leaves free.
    """
    taken = {field["name"] for field in fields}
    return next((name for name in _TRAPS if name not in taken), "leave_empty")


def _field(field: dict[str, Any], path: str, errors: list[FieldError]) -> dict[str, Any]:
    name = field["name"]
    kind = field.get("type") or _TYPE_OF_NAME.get(name.lower(), "text")
    kind = _HTML_NAMES.get(kind, kind)
    options = field.get("options") or []
    errors += _field_errors(name, kind, options, path)
    return {
        "name": name,
        "label": field.get("label") or name.replace("_", " ").capitalize(),
        "type": kind,
        "required": bool(field.get("required", False)),
        "options": options,
    }


def _field_errors(name: str, kind: str, options: list[str], path: str) -> list[FieldError]:
    errors = []
    if not _NAME.fullmatch(name):
        text = "A field's name has up to 40 letters, digits, underscores and hyphens, a letter first."
        errors.append(FieldError(f"{path}.name", "name", text))
    elif name in _RESERVED or name.startswith("utm_"):
        errors.append(FieldError(f"{path}.name", "reserved", f"Every form has {name} by itself."))
    if kind not in TYPES:
        errors.append(FieldError(f"{path}.type", "type", f"A field's type is one of: {', '.join(TYPES)}."))
    if kind == "choice" and not options:
        errors.append(FieldError(f"{path}.options", "required", "A choice needs its options."))
    if kind != "choice" and options:
        errors.append(FieldError(f"{path}.options", "not_a_choice", "Only a field of type choice has options."))
    if len(set(options)) != len(options):
        errors.append(FieldError(f"{path}.options", "duplicate", "Each option can stand once."))
    return errors
