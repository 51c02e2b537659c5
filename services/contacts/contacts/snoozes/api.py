"""The routes that put reminders off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api
from contacts.snoozes import actions
from contacts.snoozes.model import Snooze
from contacts.snoozes.schema import SnoozeIn, SnoozeOut

api = Api("snoozes", scope="contacts")


@api.post("/tasks/<uuid:task_id>/snooze", body=SnoozeIn, returns=SnoozeOut, errors=(403, 404, 409))
def snooze_task(session: Session, task_id: UUID, body: dict[str, Any]) -> Snooze:
    """Be reminded of a task again later, and not before."""
    return actions.snooze_task(session, task_id, body["until"])


@api.post("/appointments/<uuid:appointment_id>/snooze", body=SnoozeIn, returns=SnoozeOut, errors=(403, 404, 409))
def snooze_appointment(session: Session, appointment_id: UUID, body: dict[str, Any]) -> Snooze:
    """Be reminded of an appointment again later, and not before."""
    return actions.snooze_appointment(session, appointment_id, body["until"])
