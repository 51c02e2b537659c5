"""How a record's values are changed by others than its own routes: by the use case that its `Resource` names, so that
its events are sent, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

Change = Callable[[Session, Any, dict[str, Any]], Any]
_changes: dict[type[Any], Change] = {}


def writes(model: type[Any], change: Change) -> None:
    """Records of `model` are changed by `change(session, entity, {"custom": {...}})`."""
    _changes[model] = change


def write(session: Session, entity: Any, custom: dict[str, Any]) -> None:
    """Give a locked record this `custom`."""
    _changes[type(entity)](session, entity, {"custom": custom})
