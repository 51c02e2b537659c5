"""When a definition makes sense."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chassis.custom import definitions as types
from chassis.custom.definitions import SORTABLE, TYPES, Definition
from chassis.custom.model import CustomField
from chassis.custom.values import MAX_INDEXED_TEXT, NotAllowed, normal, pattern
from chassis.errors import FieldError, Invalid

RULES = ("min", "max", "min_length", "max_length", "pattern", "currency", "target")
_FOR = {
    "min": (types.NUMBER, types.MONEY, types.DATE),
    "max": (types.NUMBER, types.MONEY, types.DATE),
    "min_length": (types.TEXT,),
    "max_length": (types.TEXT,),
    "pattern": (types.TEXT,),
    "currency": (types.MONEY,),
    "target": (types.REFERENCE,),
    "choices": (types.CHOICE, types.MULTI_CHOICE),
    "is_unique": (types.TEXT, types.NUMBER, types.DATE),
    "indexed": SORTABLE,
    "default": tuple(type_ for type_ in TYPES if type_ != types.REFERENCE),
}
_NEEDED = ("currency", "target", "choices")
_NAMES = {"is_unique": "unique"}


def as_definition(field: CustomField, *, bounds: bool = True) -> Definition:
    """The row as the code uses it; without its bounds for checking these themselves."""
    rules = field.rules if bounds else {name: rule for name, rule in field.rules.items() if name not in ("min", "max")}
    return Definition(
        entity=field.entity, key=field.key, type=field.type, label=field.label, help=field.help,
        required=field.required, is_unique=field.is_unique, indexed=field.indexed, personal=field.personal,
        partner_visible=field.partner_visible, default=field.default, choices=tuple(field.choices), rules=rules,
    )  # fmt: skip


def check(field: CustomField, targets: Iterable[str]) -> None:
    """Bring bounds and default to normal form. Invalid names everything that makes no sense about the definition."""
    given = {**field.rules, "choices": field.choices or None, "default": field.default}
    given |= {"is_unique": field.is_unique or None, "indexed": field.indexed or None}
    errors = [*_misplaced(field.type, given), *_choices(field.choices)]
    if field.type == types.REFERENCE and field.rules.get("target") not in (None, *targets):
        errors.append(FieldError("target", "not_a_choice", f"Must be one of: {', '.join(targets)}."))
    if not errors:
        errors = [*_bounds(field), *_lengths(field)]
    if not errors:
        errors = list(_default(field))
    if errors:
        raise Invalid.many(errors)


def _misplaced(type_: str, given: dict[str, Any]) -> Iterable[FieldError]:
    for name, allowed in _FOR.items():
        here = given.get(name) is not None
        if here and type_ not in allowed:
            yield FieldError(_NAMES.get(name, name), "not_allowed", f"Not for a field of type {type_}.")
        if name in _NEEDED and type_ in allowed and not here:
            yield FieldError(name, "required", f"A field of type {type_} needs it.")


def _choices(choices: list[dict[str, Any]]) -> Iterable[FieldError]:
    seen: set[str] = set()
    for place, choice in enumerate(choices):
        if choice["value"] in seen:
            yield FieldError(f"choices.{place}.value", "taken", "Each choice is there once.")
        if "," in choice["value"]:
            yield FieldError(f"choices.{place}.value", "not_valid", "Not a valid value: commas part values in filters.")
        seen.add(choice["value"])


def _bounds(field: CustomField) -> Iterable[FieldError]:
    plain, kept = as_definition(field, bounds=False), {}
    for name in ("min", "max"):
        if field.rules.get(name) is not None:
            try:
                kept[name] = normal(plain, field.rules[name])
            except NotAllowed as error:
                yield FieldError(name, error.code, str(error))
    field.rules = {**field.rules, **kept}
    if len(kept) == 2:
        try:
            normal(as_definition(field), kept["min"])
        except NotAllowed:
            yield FieldError("min", "out_of_range", "The smallest is not greater than the largest.")


def _lengths(field: CustomField) -> Iterable[FieldError]:
    least, most = field.rules.get("min_length"), field.rules.get("max_length")
    if least and most and least > most:
        yield FieldError("min_length", "out_of_range", "The shortest is not longer than the longest.")
    if (field.is_unique or field.indexed) and (most or 0) > MAX_INDEXED_TEXT:
        message = f"A text that is unique or indexed has at most {MAX_INDEXED_TEXT} characters."
        yield FieldError("max_length", "out_of_range", message)
    if field.rules.get("pattern"):
        try:
            pattern(field.rules["pattern"])
        except ValueError as error:
            yield FieldError("pattern", "not_valid", f"Not a valid pattern (RE2): {error}.")


def _default(field: CustomField) -> Iterable[FieldError]:
    if field.default is None:
        return
    if field.is_unique:
        yield FieldError("default", "not_allowed", "A unique field has no default.")
    try:
        field.default = normal(as_definition(field), field.default)
    except NotAllowed as error:
        yield FieldError("default", error.code, str(error))
