"""Appointments that come again and again.

Those of the next `rules.WINDOW` are made as appointments of their own, so that each takes its time, is found, moved and
answered like any other; a clock makes the later ones as time goes on. Whoever changes more than one of a series locks
the series first, then the appointments in the order of their ids, then the calendars of who attends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from contacts.calendar import rules
from contacts.calendar.busy import overlaps, take_time
from contacts.calendar.events import tell_all
from contacts.calendar.model import (
    Appointment,
    AppointmentPerson,
    AppointmentSeries,
    AppointmentUser,
    SeriesPerson,
    SeriesUser,
)
from contacts.calendar.reminding import arm
from contacts.recurrence.rules import MAX_A_DAY
from contacts.recurrence.times import checked

SERIES_PER_TICK = 50
MOST_AT_ONCE = 400
# What an appointment has from its series.
COMMON = (
    "title", "note", "place", "time_zone", "all_day", "show_as", "remind_before", "person_id", "company_id",
    "deal_id", "owner_id", "team_id", "partner_id",
)  # fmt: skip


def begin(
    session: Session, first: Appointment, rule: str,
    excluded: Sequence[datetime] = (), added: Sequence[datetime] = (),
) -> list[Appointment]:  # fmt: skip
    """Make a new appointment the first of a series; the others of the window, not flushed, those `added` besides and
    `excluded` ones cancelled. Invalid for a rule that is none, not true of its start, or by which it would overlap
    itself."""
    rules.check_start(first.starts_at, clock.now())
    series = AppointmentSeries(
        rule=checked(rule, first.starts_at, first.time_zone, "recurrence.rule", a_day=MAX_A_DAY),
        excluded=list(excluded), added=list(added), starts_at=first.starts_at, ends_at=first.ends_at,
        last_at=first.starts_at,
        users=[SeriesUser(user_id=row.user_id, answer=row.answer) for row in first.users],
        people=[SeriesPerson(person_id=id_) for id_ in first.person_ids],
        **{name: getattr(first, name) for name in COMMON},
    )  # fmt: skip
    session.add(series)
    session.flush()
    first.series_id, first.occurrence_at = series.id, first.starts_at
    early = [_occurrence(series, at) for at in sorted(set(added)) if at < first.starts_at]
    session.add_all(early)
    made = [*early, *extend(session, series)]
    rules.check_apart(sorted((one.starts_at, one.ends_at) for one in [first, *made]), "recurrence.rule")
    return made


def extend(session: Session, series: AppointmentSeries) -> list[Appointment]:
    """Make what is to come of a series until the end of the window; not flushed, and nobody's time is taken yet."""
    until = max(clock.now(), series.starts_at) + rules.WINDOW
    made: list[Appointment] = []
    series.next_at = None
    for at in series.times(series.last_at):
        if at > until or len(made) == MOST_AT_ONCE:
            series.next_at = at
            break
        made.append(_occurrence(series, at))
    if made:
        series.last_at = made[-1].starts_at
    session.add_all(made)
    return made


def go_on(session: Session, now: datetime) -> int:
    """Make what has come into the window of each series; the number of series. Where the time is taken it is made all
    the same, as `forced`: nobody is there to be asked."""
    due = session.scalars(
        select(AppointmentSeries)
        .where(AppointmentSeries.next_at <= now + rules.WINDOW)
        .order_by(AppointmentSeries.next_at)
        .limit(SERIES_PER_TICK)
        .with_for_update(skip_locked=True, of=AppointmentSeries)
    ).all()
    for series in due:
        with session.no_autoflush:
            made = extend(session, series)
        take_time(session, made, force=True)
        wanted = [(row.user_id, one) for one in made for row in one.users if row.busy]
        taken = {wanted[row.number - 1][1].id for row in overlaps(session, wanted)}
        for one in made:
            one.forced = one.id in taken
        announce(session, made)
    return len(due)


def announce(session: Session, made: Sequence[Appointment]) -> None:
    """Tell of new appointments, and set their reminders."""
    for one in (one for one in made if one.state == "scheduled"):
        tell_all(session, "appointment.scheduled", one)
        arm(session, one)
    session.flush()


def lock_of(session: Session, appointment_id: UUID) -> AppointmentSeries | None:
    """The series that an appointment is of, locked; None for one of its own. It may have got another one meanwhile."""
    mine = select(Appointment.series_id).where(Appointment.id == appointment_id)
    while series_id := session.scalar(mine):
        statement = select(AppointmentSeries).where(AppointmentSeries.id == series_id)
        locked = statement.with_for_update(of=AppointmentSeries)
        found = session.scalars(locked, execution_options={"populate_existing": True}).one_or_none()
        if found is not None and session.scalar(mine) == series_id:
            return found
    return None


def lock_from(session: Session, appointment_id: UUID, series: AppointmentSeries | None) -> list[Appointment]:
    """The appointment, and those of its series that come after it, in order; all of them locked."""
    statement = select(Appointment).where(Appointment.id == appointment_id)
    if series is not None:
        since = select(Appointment.occurrence_at).where(Appointment.id == appointment_id).scalar_subquery()
        statement = select(Appointment).where(Appointment.series_id == series.id, Appointment.occurrence_at >= since)
    locked = statement.order_by(Appointment.id).with_for_update(of=Appointment, key_share=True)
    found = session.scalars(locked, execution_options={"populate_existing": True}).all()
    return sorted(found, key=lambda one: one.due_at)


def _occurrence(series: AppointmentSeries, at: datetime) -> Appointment:
    stands = at not in series.excluded
    span: dict[str, Any] = {"starts_at": at, "ends_at": series.end_of(at)}
    return Appointment(
        **span, series_id=series.id, occurrence_at=at, state="scheduled" if stands else "cancelled", forced=False,
        users=[
            AppointmentUser(user_id=row.user_id, answer=row.answer, busy=stands and _takes(series, row.answer), **span)
            for row in series.users
        ],
        people=[AppointmentPerson(person_id=row.person_id, answer=row.answer) for row in series.people],
        **{name: getattr(series, name) for name in COMMON},
    )  # fmt: skip


def _takes(series: AppointmentSeries, answer: str) -> bool:
    return rules.takes_time(series.starts_at, series.ends_at, series.show_as) and answer != "declined"
