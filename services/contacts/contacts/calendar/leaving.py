"""Whoever asked somebody to attend does not any more: the appointment goes on without them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from contacts.calendar import attending
from contacts.calendar.actions import cancelled
from contacts.calendar.events import tell_change, told_of
from contacts.calendar.following import cancel_series, end
from contacts.calendar.model import Appointment, AppointmentSeries
from contacts.staff import actions as staff


def leave(session: Session, appointment: Appointment, gone: Collection[UUID]) -> str:
    """These users and people attend a locked, scheduled appointment no more: `updated`, it is then of a colleague who
    attends; `cancelled` where no colleague is left; `unchanged` where none of them attends."""
    if not {*appointment.user_ids, *appointment.person_ids} & set(gone):
        return "unchanged"
    if set(appointment.user_ids) <= set(gone):
        cancelled(session, appointment)
        return "cancelled"
    before = told_of(appointment)
    attending.invite(appointment, _left(appointment.user_ids, gone), _left(appointment.person_ids, gone))
    _hand_on(session, appointment, gone)
    session.flush()
    tell_change(session, appointment, before)
    return "updated"


def leave_series(session: Session, series: AppointmentSeries, gone: Collection[UUID], since: datetime) -> str:
    """Likewise of all of a locked series that comes from `since` on."""
    nobody = set(series.user_ids) <= set(gone)
    if nobody and since <= clock.now():
        cancel_series(session, series.id)
        return "cancelled"
    left = {*series.user_ids, *series.person_ids} & set(gone)
    if nobody:
        end(series, since)
    elif left:
        series.users = [row for row in series.users if row.user_id not in gone]
        series.people = [row for row in series.people if row.person_id not in gone]
        _hand_on(session, series, gone)
        series.touch()
    mine = select(Appointment).where(Appointment.series_id == series.id, Appointment.state == "scheduled")
    to_come = mine.where(Appointment.occurrence_at >= since).order_by(Appointment.id)
    rows = session.scalars(to_come.with_for_update(of=Appointment, key_share=True)).all()
    outcomes = {leave(session, one, gone) for one in rows}
    session.flush()
    return "updated" if left or outcomes - {"unchanged"} else "unchanged"


def _left(there: Collection[UUID], gone: Collection[UUID]) -> list[UUID]:
    return [id_ for id_ in there if id_ not in gone]


def _hand_on(session: Session, planned: Any, gone: Collection[UUID]) -> None:
    heirs = _left(planned.user_ids, gone)
    if planned.owner_id in gone and heirs:
        planned.owner_id, planned.team_id = heirs[0], staff.team_of(session, heirs[0])
