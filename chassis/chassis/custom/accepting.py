"""The values of a record's custom fields, by whatever door they come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.custom.definitions import REFERENCE, Definitions, known, settled, within_reach
from chassis.custom.references import current, there
from chassis.custom.unique import taken
from chassis.custom.values import NotAllowed, normal
from chassis.errors import FieldError, Invalid

Values = Mapping[str, Any]
_EMPTY: tuple[Any, ...] = (None, "", [])


def accept(session: Session, model: type[Any], given: Values | None) -> dict[str, Any]:
    """The `custom` of a new record: what was given, in normal form, and the defaults of the rest. Invalid names every
    `custom.<key>` and the rule that it breaks. Without fields this asks the database nothing."""
    if not given and not known(session, model):
        return {}
    fields = settled(session, model)
    values = _read(session, model, fields, given or {})
    return _defaults(fields) | {key: value for key, value in values.items() if value is not None}


def changed(session: Session, entity: Any, given: Values) -> dict[str, Any]:
    """The `custom` of a record after a PATCH: keys that were not given stay, None takes a value away."""
    after = {**entity.custom, **read_changes(session, type(entity), given)}
    return {key: value for key, value in after.items() if value is not None}


def read_changes(session: Session, model: type[Any], given: Values) -> dict[str, Any]:
    """What a PATCH gives records of `model`, in normal form: None for what is taken away. Invalid names every
    `custom.<key>` and the rule that it breaks."""
    fields = settled(session, model)
    values = _read(session, model, fields, given)
    gone = [key for key, value in values.items() if value is None and fields[key].required]
    if gone:
        raise Invalid.many([_missing(key) for key in gone])
    return values


def check_required(session: Session, entity: Any) -> None:
    """Invalid where a new record lacks a required custom field. For doors that can refuse: the API, an import's row."""
    fields = known(session, type(entity))
    if actor().reach == "partner":
        fields = within_reach(fields)
    missing = [_missing(key) for key, field in fields.items() if field.required and key not in entity.custom]
    if missing:
        raise Invalid.many(missing)


def defaults(session: Session, model: type[Any]) -> dict[str, Any]:
    """The `custom` of a record that is made by a door that knows nothing of custom fields (a web form, an event)."""
    return _defaults(known(session, model))


def still_valid(session: Session, entity_id: Any, model: type[Any], values: Values) -> dict[str, Any]:
    """Of the values that a record once had, those that it may have now: fields may be gone, changed, or hold a unique
    value that somebody else has by now. For what puts records back."""
    if not values:
        return {}
    fields, kept = settled(session, model), {}
    for key, value in values.items():
        if key in fields:
            try:
                kept[key] = normal(fields[key], value)
            except NotAllowed:
                continue
    for key in taken(session, model, {key: kept[key] for key in kept if fields[key].is_unique}, but=entity_id):
        del kept[key]
    return kept


def _read(session: Session, model: type[Any], fields: Definitions, given: Values) -> dict[str, Any]:
    fields = within_reach(fields)
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for key, value in given.items():
        if key not in fields:
            errors.append(FieldError(f"custom.{key}", "unknown_field", "Unknown field."))
        elif value in _EMPTY:
            values[key] = None
        else:
            try:
                values[key] = normal(fields[key], value)
            except NotAllowed as error:
                errors.append(FieldError(f"custom.{key}", error.code, str(error)))
    _stand_for(session, model, fields, values)
    errors += _dangling(session, model, fields, values)
    if errors:
        raise Invalid.many(errors)
    return values


def _stand_for(session: Session, model: type[Any], fields: Definitions, values: dict[str, Any]) -> None:
    """The id of a merged record stands for what it was merged into, whoever still has it."""
    for key, value in values.items():
        if fields[key].type == REFERENCE and value is not None:
            values[key] = current(session, model, fields[key], [value])[value]


def _dangling(session: Session, model: type[Any], fields: Definitions, values: Values) -> list[FieldError]:
    """An error for each reference to what is not there, or not within reach."""
    found = []
    for key, value in values.items():
        if fields[key].type == REFERENCE and value is not None and not there(session, model, fields[key], [value]):
            message = f"There is no {fields[key].rules['target']} with this id."
            found.append(FieldError(f"custom.{key}", "unknown_reference", message))
    return found


def _defaults(fields: Definitions) -> dict[str, Any]:
    return {key: field.default for key, field in fields.items() if field.default is not None}


def _missing(key: str) -> FieldError:
    return FieldError(f"custom.{key}", "required", "Missing data for required field.")
