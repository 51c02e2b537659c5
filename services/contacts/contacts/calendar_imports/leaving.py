"""A CANCEL that names some of those who were invited takes them out of the event; for the others it goes on (RFC 5546,
3.2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from contacts.calendar import leaving
from contacts.calendar.model import Appointment, AppointmentSeries
from contacts.calendar_imports import overrides
from contacts.calendar_imports.guests import ids_of
from contacts.calendar_imports.model import ImportedEvent
from contacts.calendar_imports.rules import Event, Guest


def take_out(session: Session, master: ImportedEvent, event: Event, guests: Mapping[str, Guest]) -> str:
    """Take those guests, by their marks, out of what the claim of all became, or of the times that the event stands
    for: `updated`, `unchanged` where none of them attends, `cancelled` where then none of us does."""
    gone = ids_of(session, list(guests.values()))
    if event.recurrence_at is not None:
        return _at_one(session, master, event.recurrence_at, gone, following_too=event.following)
    master.invited = [mark for mark in master.invited or () if mark not in guests]
    if master.series_id is None:
        assert master.appointment_id is not None
        outcome = _one_less(session, master.appointment_id, gone)
    else:
        of_each = [_series_less(session, id_, gone, clock.now()) for id_ in overrides.series_of(session, master)]
        outcome = next((said for said in ("updated", "cancelled") if said in of_each), "unchanged")
    if outcome == "updated" and master.user_id in gone:
        _hand_on(session, master)
    return outcome


def _one_less(session: Session, appointment_id: UUID, gone: set[UUID]) -> str:
    appointment = load(session, Appointment, appointment_id, lock=True)
    return leaving.leave(session, appointment, gone) if appointment.state == "scheduled" else "unchanged"


def _series_less(session: Session, series_id: UUID, gone: set[UUID], since: datetime) -> str:
    series = load(session, AppointmentSeries, series_id, lock=True)
    return leaving.leave_series(session, series, gone, since) if series.state == "active" else "unchanged"


def _at_one(session: Session, master: ImportedEvent, at: datetime, gone: set[UUID], *, following_too: bool) -> str:
    if master.series_id is None:
        return "unchanged"
    series_id, at = overrides.place_of(session, master, at)
    if following_too:
        return _series_less(session, series_id, gone, at)
    mine = Appointment.series_id == series_id, Appointment.occurrence_at == at
    appointment_id = session.scalar(select(Appointment.id).where(*mine))
    return _one_less(session, appointment_id, gone) if appointment_id else "unchanged"


def _hand_on(session: Session, master: ImportedEvent) -> None:
    """Who took it over attends no more: it stands in the calendar of whose it is now."""
    planned = session.get(AppointmentSeries, master.series_id) if master.series_id else None
    planned = planned or session.get_one(Appointment, master.appointment_id)
    row, old, new = ImportedEvent, master.user_id, planned.owner_id
    if new is None or session.scalar(select(exists().where(row.user_id == new, row.uid == master.uid))):
        return
    session.flush()
    mine = update(row).where(row.user_id == old, row.uid == master.uid).values(user_id=new)
    session.execute(mine, execution_options={"synchronize_session": False})
    session.expunge(master)  # its key is another one now
