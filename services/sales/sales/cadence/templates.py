"""Make and change cadences."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from sales.cadence.model import Cadence
from sales.cadence.rules import check_steps
from sales.managers import require_manager


def create(session: Session, data: dict[str, Any]) -> Cadence:
    """A new cadence."""
    require_manager("cadences")
    check_steps(data["steps"])
    cadence = Cadence(**data)
    session.add(cadence)
    return cadence


def change(session: Session, cadence: Cadence, changes: dict[str, Any]) -> Cadence:  # noqa: ARG001 - a use case
    """Change a cadence. What is planned stays; what is planned from now on goes by the change, and so do silence and
    escalation at once."""
    require_manager("cadences")
    check_steps(changes.get("steps", ()))
    for name, value in changes.items():
        setattr(cadence, name, value)
    return cadence
