"""What is told of appointments."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import emit
from contacts.calendar.model import Appointment
from contacts.timeline import actions as timeline

_IDS = ("owner_id", "person_id", "company_id", "deal_id", "series_id")
# What the others must hear of; a corrected title or note moves nobody.
_TOLD = ("starts_at", "ends_at", "time_zone", "all_day", "show_as", "place", "user_ids", "person_ids", "series_id")


def tell(session: Session, type_: str, appointment: Appointment, more: dict[str, Any] | None = None) -> None:
    """Emit an event about an appointment: its state now, and `more`."""
    personal = {"title": appointment.title, "place": appointment.place}
    emit(session, type_, appointment, _data(appointment) | (more or {}), personal=personal)


def tell_all(session: Session, type_: str, appointment: Appointment, more: dict[str, Any] | None = None) -> None:
    """Emit it, and write it on the customer's timeline."""
    tell(session, type_, appointment, more)
    data = _data(appointment)
    timeline.record(
        session,
        appointment.id,
        type_,
        appointment.title,
        at=appointment.starts_at if appointment.state == "scheduled" else clock.now(),
        person_id=appointment.person_id or next(iter(appointment.person_ids), None),
        company_id=appointment.company_id,
        data={name: data[name] for name in ("state", "starts_at", "ends_at", "deal_id")},
    )


def told_of(appointment: Appointment) -> dict[str, Any]:
    """How it stands, to hold a change against."""
    return {name: getattr(appointment, name) for name in _TOLD}


def tell_change(session: Session, appointment: Appointment, before: dict[str, Any]) -> list[str]:
    """Tell what is different from `before` (`told_of`), if anything is; the names of it."""
    after = told_of(appointment)
    changed = [name for name in _TOLD if before[name] != after[name]]
    if changed:
        appointment.touch()
        tell_all(session, "appointment.moved", appointment, _difference(before, after, changed))
    session.flush()
    timeline.retitle(session, appointment.id, "appointment.scheduled", appointment.title, appointment.starts_at)
    return changed


def _data(appointment: Appointment) -> dict[str, Any]:
    at = appointment.occurrence_at
    return (
        {"appointment_id": str(appointment.id), "occurrence_at": at.isoformat() if at else None}
        | {name: str(value) if (value := getattr(appointment, name)) else None for name in _IDS}
        | {name: getattr(appointment, name) for name in ("time_zone", "all_day", "show_as", "state", "forced")}
        | {name: [str(id_) for id_ in getattr(appointment, name)] for name in ("user_ids", "person_ids")}
        | {name: getattr(appointment, name).isoformat() for name in ("starts_at", "ends_at")}
        | {"attendees": [{"user_id": str(row.user_id), "answer": row.answer} for row in appointment.attendees]}
        | {"guests": [{"person_id": str(row.person_id), "answer": row.answer} for row in appointment.guests]}
    )


def _difference(before: dict[str, Any], after: dict[str, Any], changed: list[str]) -> dict[str, Any]:
    users = set(before["user_ids"]), set(after["user_ids"])
    return {
        "changed": changed,
        "from_starts_at": before["starts_at"].isoformat(),
        "from_ends_at": before["ends_at"].isoformat(),
        "added_user_ids": sorted(str(id_) for id_ in users[1] - users[0]),
        "removed_user_ids": sorted(str(id_) for id_ in users[0] - users[1]),
    }
