"""Setting up calendars and policies. What is changed holds for tickets to come; due instants stay as promised."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Invalid
from service_desk.sla.model import BusinessCalendar, SlaPolicy
from service_desk.sla.rules import due


def add_calendar(session: Session, data: dict[str, Any]) -> BusinessCalendar:
    """A new calendar from CalendarIn. Invalid names what no arithmetic could work with."""
    calendar = BusinessCalendar(**{"holidays": [], "workdays": []} | _plain(data))
    return _checked(session, calendar)


def change_calendar(session: Session, calendar: BusinessCalendar, changes: dict[str, Any]) -> BusinessCalendar:
    """Change a calendar; Invalid as for a new one."""
    for name, value in _plain(changes).items():
        setattr(calendar, name, value)
    return _checked(session, calendar)


def _checked(session: Session, calendar: BusinessCalendar) -> BusinessCalendar:
    with session.no_autoflush:
        calendar.zone = calendar.as_hours().zone.key
    session.add(calendar)
    return calendar


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """The fields with dates as JSON has them."""
    days = {
        name: [day | {"date": day["date"].isoformat()} for day in data[name]]
        for name in ("holidays", "workdays")
        if name in data
    }
    return data | days


def add_policy(session: Session, data: dict[str, Any]) -> SlaPolicy:
    """A new policy from PolicyIn. Invalid where its calendar is unknown or cannot reach its targets."""
    policy = SlaPolicy(**{"active": True, "risk_percent": 80} | data)
    return _reachable(session, policy)


def change_policy(session: Session, policy: SlaPolicy, changes: dict[str, Any]) -> SlaPolicy:
    """Change a policy; Invalid as for a new one."""
    for name, value in changes.items():
        setattr(policy, name, value)
    return _reachable(session, policy)


def _reachable(session: Session, policy: SlaPolicy) -> SlaPolicy:
    with session.no_autoflush:
        calendar = session.get(BusinessCalendar, policy.calendar_id)
    if calendar is None:
        raise Invalid("calendar_id", "unknown_reference", "There is no calendar with this id.")
    policy.calendar = calendar
    for minutes in (policy.first_response_minutes, policy.resolution_minutes):
        if minutes:
            due(calendar.as_hours(), clock.now(), timedelta(minutes=minutes))
    session.add(policy)
    return policy
