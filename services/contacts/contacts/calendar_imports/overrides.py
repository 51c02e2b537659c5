"""What is otherwise in a series that was taken over: one time of it, or all from one on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.errors import Invalid
from contacts.calendar import actions as calendar
from contacts.calendar import following
from contacts.calendar.model import Appointment, AppointmentSeries
from contacts.calendar_imports.model import ImportedEvent
from contacts.calendar_imports.rules import Event
from contacts.recurrence.times import moved_along

_TICK = timedelta(seconds=1)
_TIMES = ("starts_at", "ends_at", "time_zone", "all_day")


def take(
    session: Session, claim: ImportedEvent, master: ImportedEvent, event: Event, said: dict[str, Any], *, force: bool
) -> str:
    """One time of a series, or all from that on, is as `said`, or does not take place."""
    assert event.recurrence_at is not None
    series_id, at = place_of(session, master, event.recurrence_at)
    mine = Appointment.series_id == series_id, Appointment.occurrence_at == at
    appointment_id = session.scalar(select(Appointment.id).where(*mine))
    if appointment_id is None:
        if event.cancelled:
            return "cancelled" if never(session, series_id, at, following_too=event.following) else "skipped"
        if event.recurrence_at > clock.now():
            raise Invalid("recurrence-id", "not_planned", "The series has no such time, or not yet.")
        return "skipped"
    if event.following:
        return _from_then_on(session, claim, appointment_id, event, said, force=force)
    claim.appointment_id = appointment_id
    if event.cancelled:
        return cancel_one(session, appointment_id)
    calendar.change(session, load(session, Appointment, appointment_id, lock=True), said | {"force": force})
    return "updated"


def cancel_one(session: Session, appointment_id: UUID) -> str:
    """One appointment does not take place; `cancelled`, also when it was already."""
    appointment = load(session, Appointment, appointment_id, lock=True)
    if appointment.state == "scheduled":
        calendar.cancelled(session, appointment)
    return "cancelled"


def never(session: Session, series_id: UUID, at: datetime, *, following_too: bool) -> bool:
    """Of a series, a time that is still to be made is not, nor with `following_too` those behind it; whether there is
    such a time."""
    series = session.get_one(AppointmentSeries, series_id, with_for_update={"of": AppointmentSeries})
    if at <= series.last_at or series.next_at is None or next(series.times(at - _TICK), None) != at:
        return False
    if following_too:
        following.end(series, at)
    else:
        series.excluded = sorted({*series.excluded, at})
    return True


def call_off(session: Session, master: ImportedEvent, at: datetime, *, following_too: bool) -> None:
    """One time of a series that was just taken over does not take place, or none from that on."""
    if master.series_id is None:
        return
    series_id, at = place_of(session, master, at)
    mine = Appointment.series_id == series_id, Appointment.occurrence_at == at, Appointment.state == "scheduled"
    appointment_id = session.scalar(select(Appointment.id).where(*mine))
    if appointment_id is None:
        never(session, series_id, at, following_too=following_too)
    elif following_too:
        following.cancel_following(session, appointment_id)
    else:
        cancel_one(session, appointment_id)


def series_of(session: Session, claim: ImportedEvent) -> list[UUID]:
    """The series that it became: one, and another from each time on from which all is otherwise; by their ids."""
    row = ImportedEvent
    mine = select(row.series_id).where(row.user_id == claim.user_id, row.uid == claim.uid, row.series_id.is_not(None))
    return sorted({series_id for series_id in session.scalars(mine) if series_id})


def leave_out(session: Session, claim: ImportedEvent, event: Event) -> None:
    """Cancel what the calendar leaves out by now."""
    series = session.get_one(AppointmentSeries, claim.series_id, with_for_update={"of": AppointmentSeries})
    series.excluded = sorted({*series.excluded, *event.excluded})
    rows = select(Appointment).where(
        Appointment.series_id == series.id, Appointment.state == "scheduled",
        Appointment.occurrence_at.in_(event.excluded),
    )  # fmt: skip
    for one in session.scalars(rows.order_by(Appointment.id).with_for_update(of=Appointment, key_share=True)).all():
        calendar.cancelled(session, one)


def place_of(session: Session, master: ImportedEvent, at: datetime) -> tuple[UUID, datetime]:
    """Which series has a time of the first one by now, and when: RECURRENCE-ID goes by the times as they were before
    those from one on were moved (RFC 5545, 3.8.4.4)."""
    row = ImportedEvent
    mine = row.user_id == master.user_id, row.uid == master.uid, row.recurrence.endswith("/")
    parts = select(row.recurrence, row.series_id).where(*mine, row.series_id.is_not(None))
    begun = [(datetime.fromisoformat(key[:-1]), series_id) for key, series_id in session.execute(parts)]
    before = [part for part in begun if part[0] <= at]
    if not before:
        assert master.series_id is not None
        return master.series_id, at
    since, series_id = max(before)
    series = session.get_one(AppointmentSeries, series_id)
    return series.id, moved_along([at], series.time_zone, since, series.starts_at, series.time_zone)[0]


def _from_then_on(
    session: Session, claim: ImportedEvent, appointment_id: UUID, event: Event, said: dict[str, Any], *, force: bool
) -> str:
    this = load(session, Appointment, appointment_id, access="write")
    old, row = this.series_id, ImportedEvent
    if event.cancelled:
        if this.state == "scheduled":
            following.cancel_following(session, appointment_id)
        return "cancelled"
    if all(getattr(this, name) == said[name] for name in _TIMES):
        said = {name: value for name, value in said.items() if name not in _TIMES}
    known = list(session.scalars(select(row.recurrence).where(row.uid == claim.uid, row.series_id == old)))
    changed = following.change_following(session, appointment_id, said | {"force": force})
    if session.get(AppointmentSeries, old) is not None:  # what was known as the first part is still that
        first = row.user_id == claim.user_id, row.uid == claim.uid, row.recurrence.in_(known)
        session.execute(update(row).where(*first).values(series_id=old))
    claim.series_id = changed.series_id
    return "updated"
