"""What is due, in the days of who asks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import BadRequest
from chassis.zones import day_of, midnight
from contacts.staff import actions as staff
from contacts.tasks.model import Task


def by_due(session: Session, word: str) -> ColumnElement[bool]:
    """Open and `overdue`, or due on the caller's day that is `today` or `tomorrow`, or in the seven days from today on
    (`week`)."""
    now, zone = clock.now(), staff.zone_of(session, actor().id)
    days = {"today": (0, 1), "tomorrow": (1, 2), "week": (0, 7)}
    if word == "overdue":
        return and_(Task.state == "open", Task.due_at < now)
    if word not in days:
        raise BadRequest("due", "invalid", "One of overdue, today, tomorrow, week.")
    begin, end = (midnight(day_of(now, zone) + timedelta(days=count), zone) for count in days[word])
    return and_(Task.state == "open", Task.due_at >= begin, Task.due_at < end)
