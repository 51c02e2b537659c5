"""The states of a task, its reminders, and what the next of a series is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from chassis.errors import Conflict, Invalid

PRIORITIES = ("low", "normal", "high")
STATES = ("open", "done", "cancelled")
SERIES_STATES = ("active", "ended", "cancelled")
MAX_REMINDERS = 5
LONGEST_REMINDER = 60 * 24 * 28  # minutes: four weeks
MAX_OPEN = 10  # of one series; who is that far behind gets no more until one is done


def check_open(state: str) -> None:
    """Only an open task is completed, cancelled or changed. Conflict otherwise."""
    if state != "open":
        raise Conflict(f"task_{state}", f"The task is {state} already.")


def check_active(state: str) -> None:
    """Only an active series is changed or cancelled. Conflict otherwise."""
    if state != "active":
        raise Conflict(f"series_{state}", f"The series is {state} already.")


def check_repeats(series: object) -> None:
    """What is said of all that follow needs a series. Conflict otherwise."""
    if series is None:
        raise Conflict("not_recurring", "The task is none of a series.")


def check_next_step(next_step: str | None, next_step_at: datetime | None) -> None:
    """A next step becomes a task when it says what, and when. Invalid otherwise."""
    for field, value in (("next_step", next_step), ("next_step_at", next_step_at)):
        if value is None:
            raise Invalid(field, "required", "To plan the next step as a task, say what it is and when.")


def is_overdue(state: str, due_at: datetime, now: datetime) -> bool:
    """Whether it should have been done by now."""
    return state == "open" and due_at < now


def reminders(due_at: datetime, minutes: Iterable[int], now: datetime) -> Sequence[tuple[int, datetime]]:
    """Of the minutes before `due_at`, those that are still to come, with their instants."""
    found = ((before, due_at - timedelta(minutes=before)) for before in sorted(set(minutes), reverse=True))
    return [(before, at) for before, at in found if at > now]
