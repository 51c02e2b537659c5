"""Keep the reasons to choose from, and choose one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales.managers import require_manager
from sales.winloss import rules
from sales.winloss.model import CloseReason

_WHAT = "the reasons of wins and losses"


def add_reason(session: Session, data: dict[str, Any]) -> CloseReason:
    """Another reason to choose from."""
    require_manager(_WHAT)
    reason = CloseReason(**data)
    session.add(reason)
    return reason


def change_reason(session: Session, reason: CloseReason, changes: dict[str, Any]) -> CloseReason:  # noqa: ARG001
    """Change a reason, or take it off the list."""
    require_manager(_WHAT)
    for name, value in changes.items():
        setattr(reason, name, value)
    return reason


def remove_reason(session: Session, reason: CloseReason) -> None:
    """Delete a reason that no deal has (refused by the database where one has)."""
    require_manager(_WHAT)
    session.delete(reason)


def reason_for(session: Session, kind: str, reason_id: UUID | None, text: str | None) -> tuple[UUID | None, str | None]:
    """The reason of a deal that is being closed, as `rules.choose`."""
    if kind == "won" and reason_id is None and text is None:
        return None, None
    active = select(CloseReason.id, CloseReason.name).where(CloseReason.kind == kind, CloseReason.active)
    choices = {row.id: row.name for row in session.execute(active.order_by(CloseReason.position, CloseReason.name))}
    return rules.choose(kind, choices, reason_id, text)
