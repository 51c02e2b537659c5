"""Use cases about definitions. Who changes one holds its entity: writers of its records wait, so that no value comes in
by rules that are gone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.custom.checking import RULES, check
from chassis.custom.definitions import CHOICE, hold
from chassis.custom.model import CustomField, customised
from chassis.custom.tables import custom_uniques
from chassis.custom.unique import make_unique
from chassis.errors import Conflict, FieldError, Invalid
from chassis.jobs import Job, start_job

MAX_FIELDS = 200
_NEW = {
    "required": False, "is_unique": False, "indexed": False, "personal": False, "partner_visible": False,
    "active": True, "help": None, "default": None, "choices": (),
}  # fmt: skip


def define(session: Session, data: dict[str, Any]) -> CustomField:
    """A new field. Conflict where its entity has one of that key (or one is still being taken away)."""
    model = _model(session, data["entity"])
    hold(session, data["entity"])
    same = CustomField.entity == data["entity"]
    number = session.scalar(select(func.count()).where(same)) or 0
    if number >= MAX_FIELDS:
        raise Conflict("too_many", f"There are {MAX_FIELDS} fields already.")
    if session.scalar(select(CustomField.id).where(same, CustomField.key == data["key"])) is not None:
        refusal = Conflict("already_exists", f"There is a field {data['key']} already.")
        refusal.errors = [FieldError("key", "taken", "This key is taken.")]
        raise refusal
    values = {**_NEW, "position": number, **data}
    rules = {name: rule for name in RULES if (rule := values.pop(name, None)) is not None}
    field = CustomField(**values | {"choices": list(values["choices"]), "rules": rules})
    check(field, model.__references__)
    if field.indexed:
        _start(session, field)
    session.add(field)
    session.flush()
    return field


def change(session: Session, field: CustomField, changes: dict[str, Any]) -> CustomField:
    """Change a definition (locked). Conflict where records' values stand against it."""
    changes = dict(changes)
    model = _model(session, field.entity)
    hold(session, field.entity)
    if field.deleting:
        raise Conflict("deleting", "The field is being taken away.")
    _check_type(session, model, field, changes)
    replace = changes.pop("replace", {})
    dropped = _dropped(session, model, field, changes, replace)
    unique, indexed = field.is_unique, field.indexed
    rules = {name: changes.pop(name, field.rules.get(name)) for name in RULES}
    for name, value in changes.items():
        setattr(field, name, value)
    field.rules = {name: rule for name, rule in rules.items() if rule is not None}
    check(field, model.__references__)
    field.updated_at = clock.now()
    if dropped or indexed != field.indexed:
        _start(session, field, {value: replace[value] for value in dropped})
    session.flush()
    if field.is_unique and not unique:
        make_unique(session, model, field.key)
    elif unique and not field.is_unique:
        held = custom_uniques.c
        session.execute(delete(custom_uniques).where(held.entity == field.entity, held.key == field.key))
    return field


def remove(session: Session, field: CustomField) -> Job:
    """Take a field away (locked): nobody sees it from now on, a job takes the values off the records, then the
    definition goes."""
    hold(session, field.entity)
    if field.deleting:
        raise Conflict("deleting", "The field is being taken away.")
    field.deleting, field.active, field.updated_at = True, False, clock.now()
    return _start(session, field)


def _model(session: Session, entity: str) -> Any:
    models = customised(session.info["service"])
    if entity not in models:
        raise Invalid("entity", "not_a_choice", f"Must be one of: {', '.join(sorted(models))}.")
    return models[entity]


def _check_type(session: Session, model: Any, field: CustomField, changes: dict[str, Any]) -> None:
    if changes.get("type", field.type) == field.type:
        return
    has_value = model.custom.has_key(field.key)
    if field.indexed or session.scalar(select(exists().where(has_value))):
        raise Conflict("in_use", "The type is fixed as long as records have a value, or an index serves it.")


def _dropped(
    session: Session, model: Any, field: CustomField, changes: dict[str, Any], replace: dict[str, str | None]
) -> list[str]:
    """The choices that go while records have them. Conflict names one for which `replace` says nothing."""
    if "choices" not in changes:
        return []
    after = {choice["value"] for choice in changes["choices"]}
    wrong = [FieldError(f"replace.{old}", "not_a_choice", "Must be one of the choices that stay.")
             for old, new in replace.items() if new is not None and new not in after]  # fmt: skip
    if wrong:
        raise Invalid.many(wrong)
    gone = [choice["value"] for choice in field.choices if choice["value"] not in after]
    used = [value for value in gone if session.scalar(select(exists().where(holding(model, field, value))))]
    left = [value for value in used if value not in replace]
    if left:
        message = f"Records have {left[0]!r}: say in replace what becomes of it."
        raise Conflict("choice_in_use", message, choices=left)
    return used


def holding(model: Any, field: CustomField, value: str) -> Any:
    """The records that have this choice, by the GIN index."""
    held = {field.key: value if field.type == CHOICE else [value]}
    return model.custom.contains(held) & (model.custom != {})


def _start(session: Session, field: CustomField, replace: dict[str, Any] | None = None) -> Job:
    kind = f"{session.info['service'].name}.custom_field"
    job = start_job(session, kind, params={"field_id": str(field.id), "replace": replace or {}})
    field.job_id = job.id
    return job
