"""Who attends an appointment, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import actor, load
from chassis.errors import FieldError, Invalid, NotFound
from chassis.zones import check_zone
from contacts.calendar import rules, series
from contacts.calendar.busy import refuse_overlap, take_turns
from contacts.calendar.events import tell
from contacts.calendar.model import Appointment, AppointmentPerson, AppointmentUser
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.staff import actions as staff


def check(session: Session, data: dict[str, Any], invited: Iterable[UUID] = ()) -> None:
    """Hold what is said of an appointment against what there is: its zone, whom it is about, who is to attend. People
    who were `invited` before may be out of reach by now. Invalid otherwise."""
    if "time_zone" in data:
        check_zone(data["time_zone"])
    for field, model in (("person_id", Person), ("company_id", Company)):
        if data.get(field) is not None:
            _reach(session, model, data[field], field)
    _check_users(session, data.get("user_ids") or ())
    for number, id_ in enumerate(data.get("person_ids") or ()):
        if id_ not in set(invited):
            _reach(session, Person, id_, f"person_ids.{number}")


def invite(appointment: Appointment, user_ids: Sequence[UUID] | None, person_ids: Sequence[UUID] | None) -> None:
    """Replace who attends, where it is said, and whose time it takes. Whoever plans it attends; the others are
    asked."""
    if user_ids is not None:
        there = {row.user_id: row for row in appointment.users}
        appointment.users = [there.get(id_) or _asked(appointment, id_) for id_ in dict.fromkeys(user_ids)]
    if person_ids is not None:
        kept = [row for row in appointment.people if row.person_id in person_ids]
        new = [id_ for id_ in dict.fromkeys(person_ids) if id_ not in {row.person_id for row in kept}]
        appointment.people = [*kept, *(AppointmentPerson(person_id=id_) for id_ in new)]
    for row in appointment.users:
        row.busy = appointment.occupies(row.answer)


def first_answer(user_id: UUID) -> str:
    """That of a user who is asked to attend: whoever plans it attends."""
    return "accepted" if user_id == actor().id else "open"


def ask_again(appointment: Appointment) -> None:
    """An answer was for that time: at another one everybody is asked anew."""
    for row in appointment.users:
        row.answer = first_answer(row.user_id)
        row.busy = appointment.occupies(row.answer)
    for guest in appointment.people:
        guest.answer = "open"


def answer(session: Session, appointment_id: UUID, said: str, *, force: bool, following: bool) -> Appointment:
    """The actor attends, perhaps, or not; with `following` this holds for all of the series from this one on. Who
    declines has the time for something else. Conflict where the time of who accepts after all is taken by now."""
    load(session, Appointment, appointment_id)
    found = series.lock_of(session, appointment_id) if following else None
    if following:
        rules.check_repeats(found)
    mine: list[tuple[Appointment, AppointmentUser]] = []
    for one in series.lock_from(session, appointment_id, found):
        row = next((row for row in one.users if row.user_id == actor().id), None)
        if one.id == appointment_id:
            rules.check_scheduled(one.state)
            rules.check_attends(row)
        if row is not None and one.state == "scheduled" and row.answer != said:
            mine.append((one, row))
    _take_back(session, mine, said, force)
    for one, row in mine:
        row.answer, row.busy = said, one.occupies(said)
        one.touch()
        tell(session, "appointment.answered", one, {"user_id": str(row.user_id), "answer": said})
    for attends in found.users if found else ():
        if attends.user_id == actor().id:
            attends.answer = said
    session.flush()
    return session.get_one(Appointment, appointment_id)


def _take_back(session: Session, mine: Sequence[tuple[Appointment, AppointmentUser]], said: str, force: bool) -> None:
    again = [(row.user_id, one) for one, row in mine if not row.busy and one.occupies(said)]
    if again:
        take_turns(session, [again[0][0]])
        if not force:
            refuse_overlap(session, again)


def _asked(appointment: Appointment, user_id: UUID) -> AppointmentUser:
    starts_at, ends_at = appointment.starts_at, appointment.ends_at
    return AppointmentUser(
        user_id=user_id, starts_at=starts_at, ends_at=ends_at, busy=True, answer=first_answer(user_id)
    )


def _reach(session: Session, model: type[Any], id_: UUID, field: str) -> None:
    try:
        load(session, model, id_)
    except NotFound:
        raise Invalid(field, "unknown_reference", "There is nobody with this id.") from None


def _check_users(session: Session, user_ids: Sequence[UUID]) -> None:
    """Invalid for who is no active user; for partners, for any but themselves."""
    who = actor()
    known = {who.id} if who.reach == "partner" else {who.id, *staff.active(session, user_ids)}
    unknown = [
        FieldError(f"user_ids.{number}", "unknown_reference", "There is no active user with this id.")
        for number, user_id in enumerate(user_ids) if user_id not in known
    ]  # fmt: skip
    if unknown:
        raise Invalid.many(unknown)
