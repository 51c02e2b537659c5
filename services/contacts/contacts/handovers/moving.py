"""What is somebody's, and moving a batch of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from chassis import clock
from chassis.handovers import share_out
from contacts.calendar.model import Appointment, AppointmentSeries, AppointmentUser, SeriesUser
from contacts.companies.model import Company
from contacts.handovers import grants
from contacts.handovers.model import HandOver
from contacts.owners.cause import LEFT, because
from contacts.owners.model import OwnerChange
from contacts.owners.passing import companies_passed, people_passed
from contacts.people.model import Person
from contacts.staff.model import StaffMember
from contacts.tasks.model import Task, TaskSeries

BATCH = 500
MODELS: dict[str, Any] = {
    "companies": Company, "people": Person, "task_series": TaskSeries, "tasks": Task,
    "appointment_series": AppointmentSeries, "appointments": Appointment,
}  # fmt: skip


def handing_over(session: Session, user_id: UUID) -> bool:
    """Whether all that is theirs is passing to others at this moment."""
    running = select(HandOver.id).where(HandOver.from_user_id == user_id, HandOver.state == "running")
    return session.scalar(running) is not None


def counts(session: Session, user_id: UUID, include: Sequence[str]) -> dict[str, int]:
    """How much of each kind is somebody's now."""
    found = {
        kind: session.scalar(select(func.count()).select_from(MODELS[kind]).where(_of(kind, user_id))) or 0
        for kind in MODELS if kind in include
    }  # fmt: skip
    return found | ({"grants": grants.count(session, user_id)} if "grants" in include else {})


def move(session: Session, hand_over: HandOver, kind: str, already: int) -> int:
    """Move the next batch of one kind, with its events; how many. `already` were moved before."""
    if kind == "grants":
        takers = [UUID(one) for one in hand_over.to_user_ids]
        return grants.move(session, hand_over.from_user_id, takers, BATCH)
    statement = select(MODELS[kind]).where(_of(kind, hand_over.from_user_id)).order_by(MODELS[kind].id).limit(BATCH)
    rows = session.scalars(statement.with_for_update(of=MODELS[kind]), execution_options=_AFRESH).all()
    if not rows:
        return 0
    because(session, hand_over.reason, hand_over_id=hand_over.id, by=hand_over.requested_by)
    shares = share_out(already, [row.team_id for row in rows], hand_over.to_user_ids, hand_over.by_team)
    teams = dict(session.execute(select(StaffMember.user_id, StaffMember.team_id)).all())
    for row, taker in zip(rows, shares, strict=True):
        row.owner_id = UUID(taker)
        row.team_id = teams.get(row.owner_id) or row.team_id
    session.flush()
    _follow(session, kind, rows, hand_over.from_user_id)
    return len(rows)


def _of(kind: str, user_id: UUID) -> ColumnElement[bool]:
    """What is theirs, or was when they left and is nobody's since. Of tasks and appointments what is still to come."""
    model = MODELS[kind]
    left = exists().where(
        OwnerChange.from_owner_id == user_id, OwnerChange.to_owner_id.is_(None), OwnerChange.kind == kind,
        OwnerChange.record_id == model.id, OwnerChange.why == LEFT,
    )  # fmt: skip
    return or_(model.owner_id == user_id, and_(model.owner_id.is_(None), left)) & to_come(kind)[1]


def to_come(kind: str) -> tuple[Any, ColumnElement[bool]]:
    """The model of a kind, and what of it is not over."""
    if kind == "tasks":
        return Task, Task.state == "open"
    if kind == "appointments":
        return Appointment, (Appointment.state == "scheduled") & (Appointment.ends_at > clock.now())
    if kind in ("task_series", "appointment_series"):
        return MODELS[kind], MODELS[kind].state == "active"
    return MODELS[kind], true()


def _follow(session: Session, kind: str, rows: Sequence[Any], user_id: UUID) -> None:
    """What hangs on the moved, and who is told."""
    if kind == "people":
        people_passed(session, rows)
    elif kind == "companies":
        companies_passed(session, rows)
    elif kind == "appointments":
        for row in rows:
            _attend(row, user_id)
    elif kind == "appointment_series":
        for row in rows:
            _attend_series(row, user_id)


def _attend(appointment: Appointment, user_id: UUID) -> None:
    """The taker attends in the place of who gives, unless they attend already."""
    places = {place.user_id: place for place in appointment.users}
    place = places.get(user_id)
    if place is None:
        return
    if appointment.owner_id not in places:
        span = {"starts_at": place.starts_at, "ends_at": place.ends_at, "busy": place.busy}
        appointment.users.append(AppointmentUser(user_id=appointment.owner_id, **span))
    appointment.users.remove(place)


def _attend_series(series: AppointmentSeries, user_id: UUID) -> None:
    """Likewise of what is still to be made of a series."""
    places = {place.user_id: place for place in series.users}
    if user_id in places:
        if series.owner_id and series.owner_id not in places:
            series.users.append(SeriesUser(user_id=series.owner_id, answer="open"))
        series.users.remove(places[user_id])


_AFRESH = {"populate_existing": True}
