"""What the references of custom fields point to. A reference keeps the id that it was given: that of a record which was
merged since stands for the survivor, and for the record itself again when the two are parted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from chassis.access import Actor, visible
from chassis.custom.definitions import Definition
from chassis.db.aliases import resolve, resolve_many, standing_for


def there(
    session: Session, model: type[Any], field: Definition, ids: Collection[str], who: Actor | None = None
) -> set[str]:
    """Those of the ids that are records within the actor's reach."""
    target = _mapped(model, model.__references__[field.rules["target"]])
    (key,) = inspect(target).primary_key
    return {str(id_) for id_ in session.scalars(visible(select(key).where(key.in_(ids)), target, who))}


def current(session: Session, model: type[Any], field: Definition, ids: Iterable[str]) -> dict[str, str]:
    """What each of the ids stands for now."""
    alias = _alias(model, field)
    if alias is None:
        return {id_: id_ for id_ in ids}
    return {str(old): str(new) for old, new in resolve_many(session, alias, map(UUID, ids)).items()}


def same_as(session: Session, model: type[Any], field: Definition, id: str) -> list[str]:
    """All ids that stand for the same record as `id`, itself among them."""
    alias = _alias(model, field)
    if alias is None:
        return [id]
    survivor = resolve(session, alias, UUID(id))
    return sorted(map(str, {survivor, *standing_for(session, alias, survivor)}))


def _alias(model: type[Any], field: Definition) -> type[Any] | None:
    name = model.__aliases__.get(field.rules["target"])
    return _mapped(model, name) if name else None


def _mapped(model: type[Any], table: str) -> type[Any]:
    return next(mapper.class_ for mapper in model.registry.mappers if mapper.local_table.name == table)
