"""The states of a task."""

from __future__ import annotations

from datetime import datetime

from chassis.errors import Conflict

PRIORITIES = ("low", "normal", "high")
STATES = ("open", "done", "cancelled")


def check_open(state: str) -> None:
    """Only an open task is completed, cancelled or changed. Conflict otherwise."""
    if state != "open":
        raise Conflict(f"task_{state}", f"The task is {state} already.")


def is_overdue(state: str, due_at: datetime, now: datetime) -> bool:
    """Whether it should have been done by now."""
    return state == "open" and due_at < now
