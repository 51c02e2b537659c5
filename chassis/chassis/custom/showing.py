"""What of a record's custom fields is shown to whom, and told in events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis.custom.definitions import Definitions, known, within_reach


def shown(session: Session, model: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of active fields that the actor may see."""
    if not values:
        return {}
    fields = within_reach(known(session, model))
    return {key: values[key] for key in fields if key in values}


def told(session: Session, entity: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A record's values as an event tells them: those for `data.custom`, and those for `data.personal.custom`."""
    values = entity.custom or {}
    return told_of(known(session, type(entity)) if values else {}, values)


def told_of(fields: Definitions, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`told` of values by themselves, for many records at once."""
    open_: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for key, field in fields.items() if values else ():
        if key in values:
            (personal if field.personal else open_)[key] = values[key]
    return open_, personal
