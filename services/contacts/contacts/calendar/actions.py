"""Use cases about appointments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import actor, load
from contacts.calendar import attending, rules, series
from contacts.calendar.busy import take_time
from contacts.calendar.events import tell_all, tell_change, told_of
from contacts.calendar.model import Appointment
from contacts.calendar.reminding import arm, disarm
from contacts.staff import actions as staff


def schedule(session: Session, data: dict[str, Any]) -> Appointment:
    """A new appointment; the first of a series with `recurrence`. Conflict (409) where it, or another one of the series
    within the window, overlaps one of an attending colleague, unless `force`."""
    usual: dict[str, Any] = {"time_zone": staff.zone_of(session, actor().id), "all_day": False, "show_as": "busy"}
    data = usual | data
    attending.check(session, data)
    span = data["starts_at"], data["ends_at"]
    data["starts_at"], data["ends_at"] = rules.span(*span, data["time_zone"], data["all_day"])
    force, recurrence = data.pop("force"), data.pop("recurrence", None)
    user_ids, person_ids = data.pop("user_ids", None), data.pop("person_ids", [])
    owned = staff.ownership(session, data)
    appointment = Appointment(
        **{"remind_before": [], **data},
        owner_id=owned.owner_id, team_id=owned.team_id, partner_id=owned.partner_id, forced=force,
    )  # fmt: skip
    if user_ids is None:
        user_ids = [owned.owner_id] if owned.owner_id else []
    session.add(appointment)
    session.flush()
    attending.invite(appointment, user_ids, person_ids)
    planned = [appointment]
    with session.no_autoflush:
        planned += series.begin(session, appointment, **recurrence) if recurrence else []
    take_time(session, planned, force)
    series.announce(session, planned)
    return appointment


def change(session: Session, appointment: Appointment, changes: dict[str, Any]) -> Appointment:
    """Move or correct a scheduled appointment, and of a series this one only. Conflict as for a new one, where its time
    or who attends changes. At another time everybody is asked anew."""
    rules.check_scheduled(appointment.state)
    attending.check(session, changes, appointment.person_ids)
    changes = dict(changes)
    before, force = told_of(appointment), changes.pop("force")
    user_ids, person_ids = changes.pop("user_ids", None), changes.pop("person_ids", None)
    with session.no_autoflush:
        for name, value in changes.items():
            setattr(appointment, name, value)
        span = appointment.starts_at, appointment.ends_at
        span = rules.span(*span, appointment.time_zone, appointment.all_day)
        appointment.starts_at, appointment.ends_at = span
        attending.invite(appointment, user_ids, person_ids)
        _finish(session, appointment, before, force)
    return appointment


def cancel(session: Session, appointment_id: UUID) -> Appointment:
    """It does not take place, and of a series this one only; the time is free again. Conflict for one that is cancelled
    already."""
    appointment = load(session, Appointment, appointment_id, lock=True)
    rules.check_scheduled(appointment.state)
    cancelled(session, appointment)
    return appointment


def cancelled(session: Session, appointment: Appointment) -> None:
    """Cancel a scheduled appointment, which is locked."""
    appointment.state = "cancelled"
    for row in appointment.users:
        row.busy = False
    session.flush()
    disarm(session, appointment)
    tell_all(session, "appointment.cancelled", appointment)


def _finish(session: Session, appointment: Appointment, before: dict[str, Any], force: bool) -> None:
    """Take the time that an appointment has now, and tell of it, where it is not as `before`."""
    after = told_of(appointment)
    moved = any(before[name] != after[name] for name in ("starts_at", "ends_at"))
    if moved:
        attending.ask_again(appointment)
    if moved or any(before[name] != after[name] for name in ("user_ids", "show_as")):
        take_time(session, [appointment], force)
    tell_change(session, appointment, before)
    arm(session, appointment)
