"""What is said of an appointment and all of its series that follow it: there the series parts. Its first half ends
before the appointment, a new series begins with it; what was stays as it was, here and in every calendar client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.errors import Conflict, Invalid
from contacts.calendar import attending, rules, series
from contacts.calendar.actions import cancelled
from contacts.calendar.busy import take_time
from contacts.calendar.events import tell_change, told_of
from contacts.calendar.model import Appointment, AppointmentSeries, SeriesPerson, SeriesUser
from contacts.calendar.reminding import arm
from contacts.calendar_imports.model import ImportedEvent
from contacts.recurrence.rules import MAX_A_DAY
from contacts.recurrence.times import checked, ended, moved_along, rest

_TIMES = {"starts_at", "ends_at", "time_zone", "all_day"}


def change_following(session: Session, appointment_id: UUID, changes: dict[str, Any]) -> Appointment:
    """Change a scheduled appointment and all that follow it. One that was moved by itself keeps its own time, unless
    `rule` makes the rest anew. Conflict where it is none of a series, or where the time of any of them is taken."""
    old, rows = _lock(session, appointment_id)
    this = rows[0]
    rules.check_scheduled(this.state)
    attending.check(session, changes, this.person_ids)
    changes = dict(changes)
    force, rule = changes.pop("force"), changes.pop("rule", None)
    timed = rule is not None or bool(_TIMES & changes.keys())
    with session.no_autoflush:
        before = {one.id: told_of(one) for one in rows}
        new = _part(session, old, this, changes, rule, timed)
        kept, dropped = _move_over(old, new, rows, changes, rule, timed)
        made = series.extend(session, new)
        starts = [new.starts_at, *(one.due_at for one in [*kept[1:], *made])]
        rules.check_apart([(at, new.end_of(at)) for at in starts], "rule")
        contested = timed or bool({"user_ids", "show_as"} & changes.keys())
        take_time(session, [*kept, *made] if contested else made, force or not contested)
    for one in kept:
        tell_change(session, one, before[one.id])
        arm(session, one)
    for one in dropped:
        cancelled(session, one)
    series.announce(session, made)
    _drop_if_empty(session, old)
    return this


def change_series(session: Session, series_id: UUID, changes: dict[str, Any]) -> Appointment:
    """Change all of a series that is still to come. Conflict where nothing is."""
    load(session, AppointmentSeries, series_id, access="write")
    first = session.scalar(
        select(Appointment.id)
        .where(Appointment.series_id == series_id, Appointment.state == "scheduled", Appointment.ends_at > clock.now())
        .order_by(Appointment.occurrence_at)
        .limit(1)
    )
    if first is None:
        raise Conflict("series_over", "Nothing of the series is to come.")
    return change_following(session, first, changes)


def cancel_following(session: Session, appointment_id: UUID) -> Appointment:
    """Neither this one nor those that follow take place. Conflict for one that is cancelled, or none of a series."""
    old, rows = _lock(session, appointment_id)
    rules.check_scheduled(rows[0].state)
    end(old, rows[0].due_at)
    for one in rows:
        if one.state == "scheduled":
            cancelled(session, one)
    session.flush()
    return rows[0]


def cancel_series(session: Session, series_id: UUID) -> AppointmentSeries:
    """Nothing of the series that is to come takes place; what was, was. Conflict for one that is cancelled."""
    found = load(session, AppointmentSeries, series_id, lock=True)
    rules.check_active(found.state)
    found.state = "cancelled"
    end(found, clock.now())
    mine = select(Appointment).where(Appointment.series_id == series_id, Appointment.state == "scheduled")
    to_come = mine.where(Appointment.starts_at > clock.now()).order_by(Appointment.id)
    for one in session.scalars(to_come.with_for_update(of=Appointment, key_share=True)).all():
        cancelled(session, one)
    session.flush()
    return found


def _lock(session: Session, appointment_id: UUID) -> tuple[AppointmentSeries, list[Appointment]]:
    load(session, Appointment, appointment_id, access="write")
    found = series.lock_of(session, appointment_id)
    rules.check_repeats(found)
    assert found is not None
    return found, series.lock_from(session, appointment_id, found)


def end(old: AppointmentSeries, before: datetime) -> None:
    """A locked series ends before that time."""
    old.added = [at for at in old.added if at < before]
    old.rule, old.next_at = ended(old.rule, old.starts_at, old.time_zone, before), None


def _part(
    session: Session, old: AppointmentSeries, this: Appointment, changes: dict[str, Any], rule: str | None, timed: bool
) -> AppointmentSeries:
    """The series that begins with `this`: as the old one, but for what is said."""
    starts_at = changes.get("starts_at", this.starts_at) if timed else this.due_at
    ends_at = changes.get("ends_at", this.ends_at) if timed else old.end_of(starts_at)
    common = {name: changes.get(name, getattr(old, name)) for name in series.COMMON}
    starts_at, ends_at = rules.span(starts_at, ends_at, common["time_zone"], common["all_day"])
    special = {
        name: moved_along(
            (at for at in getattr(old, name) if at > this.due_at),
            old.time_zone, this.due_at, starts_at, common["time_zone"],
        )
        for name in ("excluded", "added") if rule is None
    }  # fmt: skip
    new = AppointmentSeries(
        rule=_rule(old, this, rule, starts_at, common["time_zone"]),
        **special, starts_at=starts_at, ends_at=ends_at, last_at=starts_at, next_at=None, **common,
    )  # fmt: skip
    moved = rule is not None or (starts_at, ends_at) != (this.due_at, old.end_of(this.due_at))
    answers = {} if moved else {row.user_id: row.answer for row in old.users}
    new.users = [
        SeriesUser(user_id=id_, answer=answers.get(id_, attending.first_answer(id_)))
        for id_ in dict.fromkeys(changes.get("user_ids", old.user_ids))
    ]
    new.people = [SeriesPerson(person_id=id_) for id_ in dict.fromkeys(changes.get("person_ids", old.person_ids))]
    end(old, this.due_at)
    session.add(new)
    session.flush()
    session.execute(update(ImportedEvent).where(ImportedEvent.series_id == old.id).values(series_id=new.id))
    return new


def _rule(old: AppointmentSeries, this: Appointment, given: str | None, start: datetime, zone: str) -> str:
    if given is not None:
        return checked(given, start, zone, "rule", a_day=MAX_A_DAY)
    try:
        return checked(rest(old.rule, old.starts_at, old.time_zone, this.due_at), start, zone, "rule", a_day=MAX_A_DAY)
    except Invalid as refusal:
        detail = f"{refusal.detail} Give the rule that holds from now on."
        raise Invalid("rule", refusal.errors[0].code, detail) from None


def _move_over(
    old: AppointmentSeries, new: AppointmentSeries, rows: list[Appointment],
    changes: dict[str, Any], rule: str | None, timed: bool,
) -> tuple[list[Appointment], list[Appointment]]:  # fmt: skip
    """The n-th that followed becomes the n-th of the new series: those that take place, and those for which there is
    none any more. A cancelled one stays cancelled in its place; with another `rule` it is left behind."""
    times: Iterator[datetime] = chain([new.starts_at], new.times(new.starts_at))
    kept, dropped = [], []
    for one in rows:
        if rule is not None and one.state != "scheduled":
            continue
        at = next(times, None)
        if at is None:
            dropped += [one] if one.state == "scheduled" else []
            continue
        own = one.starts_at != one.due_at or one.ends_at != old.end_of(one.starts_at)
        one.series_id, one.occurrence_at, new.last_at = new.id, at, at
        if one.state == "scheduled":
            _say(one, changes)
            if timed and (one is rows[0] or rule is not None or not own):
                _set_time(one, at, new.end_of(at))
            kept.append(one)
    return kept, dropped


def _say(one: Appointment, changes: dict[str, Any]) -> None:
    for name in set(series.COMMON) & changes.keys():
        setattr(one, name, changes[name])
    attending.invite(one, changes.get("user_ids"), changes.get("person_ids"))


def _set_time(one: Appointment, at: datetime, ends_at: datetime) -> None:
    if (one.starts_at, one.ends_at) != (at, ends_at):
        one.starts_at, one.ends_at = at, ends_at
        attending.ask_again(one)


def _drop_if_empty(session: Session, old: AppointmentSeries) -> None:
    """The whole series was changed: of the old one only what was cancelled is left."""
    mine = Appointment.series_id == old.id, Appointment.state == "scheduled"
    left = select(func.count()).select_from(Appointment).where(*mine)
    if not session.scalar(left) and not old.has_any():
        session.delete(old)
    session.flush()
