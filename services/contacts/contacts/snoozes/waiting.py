"""Who has put a reminder off, and is not to be sent another one meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.snoozes.model import Snooze


def put_off(session: Session, of: Any, ids: Iterable[UUID], now: datetime) -> set[tuple[UUID, UUID]]:
    """The pairs of what (`of`: `Snooze.task_id` or `Snooze.appointment_id`) and whom that wait for a later time."""
    wanted = select(of, Snooze.user_id).where(of.in_(list(ids)), Snooze.at > now)
    return {(what, whom) for what, whom in session.execute(wanted)}
