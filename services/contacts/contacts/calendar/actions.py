"""Use cases about appointments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import FieldError, Invalid, NotFound
from chassis.events import emit
from contacts.calendar import rules
from contacts.calendar.busy import refuse_overlap, take_turns
from contacts.calendar.model import Appointment, AppointmentPerson, AppointmentUser
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.staff.actions import ownership
from contacts.staff.model import StaffMember
from contacts.timeline import actions as timeline

_IDS = ("owner_id", "person_id", "company_id", "deal_id")
# What the others must hear of; a corrected title or note moves nobody.
_TOLD = ("starts_at", "ends_at", "time_zone", "place", "user_ids", "person_ids")


def schedule(session: Session, data: dict[str, Any]) -> Appointment:
    """A new appointment. Conflict (409) where it overlaps one of an attending colleague, unless `force`."""
    data = dict(data)
    force, user_ids, person_ids = data.pop("force"), data.pop("user_ids", None), data.pop("person_ids", [])
    owned = ownership(session, data)
    appointment = Appointment(
        **data, owner_id=owned.owner_id, team_id=owned.team_id, partner_id=owned.partner_id, forced=force
    )
    _check(session, appointment, data)
    if user_ids is None:
        user_ids = [owned.owner_id] if owned.owner_id else []
    session.add(appointment)
    session.flush()
    _invite(session, appointment, user_ids, person_ids)
    _take_time(session, appointment, force)
    _tell(session, "appointment.scheduled", appointment)
    return appointment


def change(session: Session, appointment: Appointment, changes: dict[str, Any]) -> Appointment:
    """Move or correct a scheduled appointment. Conflict as for a new one, where its time or who attends changes."""
    rules.check_scheduled(appointment.state)
    changes = dict(changes)
    force = changes.pop("force")
    before = {name: getattr(appointment, name) for name in _TOLD}
    user_ids, person_ids = changes.pop("user_ids", None), changes.pop("person_ids", None)
    for name, value in changes.items():
        setattr(appointment, name, value)
    with session.no_autoflush:
        _check(session, appointment, changes)
        _invite(session, appointment, user_ids, person_ids)
    after = {name: getattr(appointment, name) for name in _TOLD}
    changed = [name for name in _TOLD if before[name] != after[name]]
    if {"starts_at", "ends_at", "user_ids"}.intersection(changed):
        _take_time(session, appointment, force)
    if changed:
        appointment.touch()
        _tell(session, "appointment.moved", appointment, _difference(before, after, changed))
    session.flush()
    timeline.retitle(session, appointment.id, "appointment.scheduled", appointment.title, appointment.starts_at)
    return appointment


def cancel(session: Session, appointment_id: UUID) -> Appointment:
    """It does not take place; the time is free again. Conflict for one that is cancelled already."""
    appointment = load(session, Appointment, appointment_id, lock=True)
    rules.check_scheduled(appointment.state)
    appointment.state = "cancelled"
    for row in appointment.users:
        row.busy = False
    session.flush()
    _tell(session, "appointment.cancelled", appointment)
    return appointment


def _take_time(session: Session, appointment: Appointment, force: bool) -> None:
    """Take the time of all who attend. Their calendars are locked first, forced or not, and the rows written after:
    of two appointments at once, the later one sees the earlier."""
    with session.no_autoflush:
        take_turns(session, appointment.user_ids)
        if not force:
            refuse_overlap(session, appointment)
    for row in appointment.users:
        row.starts_at, row.ends_at = appointment.starts_at, appointment.ends_at
    appointment.forced = force
    session.flush()


def _check(session: Session, appointment: Appointment, data: dict[str, Any]) -> None:
    rules.check_span(appointment.starts_at, appointment.ends_at)
    if "time_zone" in data:
        rules.check_zone(data["time_zone"])
    for field, model in (("person_id", Person), ("company_id", Company)):
        if data.get(field) is not None:
            _reach(session, model, data[field], field)


def _reach(session: Session, model: type[Any], id_: UUID, field: str) -> None:
    try:
        load(session, model, id_)
    except NotFound:
        raise Invalid(field, "unknown_reference", "There is nobody with this id.") from None


def _invite(
    session: Session, appointment: Appointment, user_ids: list[UUID] | None, person_ids: list[UUID] | None
) -> None:
    """Replace who attends, where it is said."""
    if user_ids is not None:
        _check_users(session, user_ids)
        there = {row.user_id: row for row in appointment.users}
        span = {"starts_at": appointment.starts_at, "ends_at": appointment.ends_at}
        appointment.users = [there.get(id_) or AppointmentUser(user_id=id_, **span) for id_ in dict.fromkeys(user_ids)]
    if person_ids is not None:
        kept = [row for row in appointment.people if row.person_id in person_ids]
        new = [id_ for id_ in dict.fromkeys(person_ids) if id_ not in {row.person_id for row in kept}]
        for id_ in new:
            _reach(session, Person, id_, f"person_ids.{person_ids.index(id_)}")
        appointment.people = [*kept, *(AppointmentPerson(person_id=id_) for id_ in new)]


def _check_users(session: Session, user_ids: list[UUID]) -> None:
    """Invalid for who is no active user; for partners, for any but themselves."""
    who = actor()
    known = {who.id}
    if who.reach != "partner":
        active = select(StaffMember.user_id).where(StaffMember.user_id.in_(user_ids), StaffMember.active)
        known.update(session.scalars(active))
    unknown = [
        FieldError(f"user_ids.{number}", "unknown_reference", "There is no active user with this id.")
        for number, user_id in enumerate(user_ids) if user_id not in known
    ]  # fmt: skip
    if unknown:
        raise Invalid.many(unknown)


def _difference(before: dict[str, Any], after: dict[str, Any], changed: list[str]) -> dict[str, Any]:
    users = set(before["user_ids"]), set(after["user_ids"])
    return {
        "changed": changed,
        "from_starts_at": before["starts_at"].isoformat(),
        "from_ends_at": before["ends_at"].isoformat(),
        "added_user_ids": sorted(str(id_) for id_ in users[1] - users[0]),
        "removed_user_ids": sorted(str(id_) for id_ in users[0] - users[1]),
    }


def _tell(session: Session, type_: str, appointment: Appointment, more: dict[str, Any] | None = None) -> None:
    data: dict[str, Any] = {name: str(value) if (value := getattr(appointment, name)) else None for name in _IDS}
    data |= {name: getattr(appointment, name) for name in ("time_zone", "state", "forced")}
    data |= {name: [str(id_) for id_ in getattr(appointment, name)] for name in ("user_ids", "person_ids")}
    data |= {name: getattr(appointment, name).isoformat() for name in ("starts_at", "ends_at")}
    personal = {"title": appointment.title, "place": appointment.place}
    emit(
        session, type_, appointment, {"appointment_id": str(appointment.id), **data, **(more or {})}, personal=personal
    )
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
