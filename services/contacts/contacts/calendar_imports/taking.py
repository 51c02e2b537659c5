"""One event of another calendar becomes an appointment or a series, or changes the one that it became before.

Who takes it over claims its UID first, by a row of which there can be one: of two imports at once the later one waits,
and finds what the first has made.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Invalid
from chassis.zones import check_zone
from contacts.calendar import actions as calendar
from contacts.calendar import attending as answering
from contacts.calendar import following
from contacts.calendar.model import Appointment, AppointmentSeries, AppointmentUser, SeriesUser
from contacts.calendar.rules import WINDOW, end_of
from contacts.calendar_imports import cancels, leaving, overrides
from contacts.calendar_imports.guests import attending
from contacts.calendar_imports.model import ImportedEvent
from contacts.calendar_imports.rules import Event, check_age, left_out, own_id, with_guests
from contacts.recurrence.rules import MAX_A_DAY
from contacts.recurrence.times import checked, occurrences, rest

_TICK = timedelta(seconds=1)
# The rule of what comes only at times that are named.
_ONCE = "FREQ=DAILY;COUNT=1"


def take(
    session: Session, event: Event, whose: UUID, *, force: bool, about: UUID | None = None, scope: UUID | None = None
) -> str:
    """Take an event, which was heard (`cancels.hear`), over into somebody's calendar: `created`, `updated`,
    `cancelled`, `unchanged` (known, and no newer), or `skipped` (cancelled or over before it was known). Invalid for
    what cannot be planned, Conflict as for an appointment that is planned by hand. A new one is `about` that customer;
    `scope`: whose word it is, if not that of who has the calendar."""
    if _known_otherwise(session, event, whose):
        return "unchanged"
    claim, new = _claim(session, event, whose)
    if not new and event.version <= (claim.sequence, claim.stamped_at):
        return "unchanged"
    master = _claim_of(session, event, whose) if event.recurrence_at else claim
    if event.cancelled:
        outcome = _call_off(session, claim, master, event, scope or whose)
    else:
        claim.sequence, claim.stamped_at = event.version
        outcome = _plan(session, claim, master, event, force=force, about=about)
        if master is claim and claim.series_id and outcome != "skipped":
            _call_off_since(session, claim, event, scope or whose)
    if outcome == "skipped" or (new and claim.sequence < 0):
        session.delete(claim)
    session.flush()
    return outcome


def _plan(
    session: Session, claim: ImportedEvent, master: ImportedEvent | None, event: Event,
    *, force: bool, about: UUID | None,
) -> str:  # fmt: skip
    if event.recurrence_at and master and master.series_id:
        said = _times_and_all(session, event, claim.user_id)
        return overrides.take(session, claim, master, event, said, force=force)
    if event.following:
        raise Invalid("recurrence-id", "not_planned", "There is no such series.")
    if claim.series_id or claim.appointment_id:
        return _change(session, claim, event, force=force)
    return _make(session, claim, event, clock.now() - WINDOW, force=force, about=about)


def _call_off(
    session: Session, claim: ImportedEvent, master: ImportedEvent | None, event: Event, scope: UUID
) -> str:  # fmt: skip
    """All of it, or some of those who were invited; kept, because what is older may come later."""
    known = master if master and (master.series_id or master.appointment_id) else None
    out = left_out(event, known.invited) if known else {}
    if known and out:
        cancels.keep(session, event, scope, out)
        outcome = leaving.take_out(session, known, event, out)
        # Nobody of ours is left; should they be invited again, it is planned anew.
        return _cancel(session, claim) if outcome == "cancelled" and known is claim else outcome
    cancels.keep(session, event, scope, (event.invited if event.withdrawn and not known else ()) or ("",))
    claim.sequence, claim.stamped_at = event.version
    if event.recurrence_at and known and known.series_id:
        return overrides.take(session, claim, known, event, {}, force=True)
    return _cancel(session, claim)


def _call_off_since(session: Session, claim: ImportedEvent, event: Event, scope: UUID) -> None:
    """What was called off of the times of a series before this, older word of it came."""
    for recurrence, rows in groupby(cancels.since(session, event, scope), key=lambda row: row.recurrence):
        off = {row.attendee for row in rows}
        out = {mark: guest for mark, guest in event.invited.items() if mark in off}
        if not recurrence:
            continue
        at, following_too = datetime.fromisoformat(recurrence.removesuffix("/")), recurrence.endswith("/")
        if "" in off or out == event.invited:
            overrides.call_off(session, claim, at, following_too=following_too)
        elif out:
            leaving.take_out(session, claim, replace(event, recurrence_at=at, following=following_too), out)


def _claim(session: Session, event: Event, whose: UUID) -> tuple[ImportedEvent, bool]:
    """Their row of the event, locked; and whether it is new."""
    key = {"user_id": whose, "uid": event.uid, "recurrence": event.recurrence}
    values = key | {"sequence": -1, "stamped_at": clock.now(), "shape": ""}
    made = insert(ImportedEvent).values(values).on_conflict_do_nothing().returning(ImportedEvent.uid)
    new = session.scalar(made) is not None
    return session.get_one(ImportedEvent, tuple(key.values()), with_for_update=True, populate_existing=True), new


def _claim_of(session: Session, event: Event, whose: UUID) -> ImportedEvent | None:
    """Their row of the series with this UID, locked."""
    return session.get(ImportedEvent, (whose, event.uid, ""), with_for_update=True, populate_existing=True)


def _known_otherwise(session: Session, event: Event, me: UUID) -> bool:
    """Whether it is of our own feed, or stands in their calendar because a colleague took it over."""
    if (id_ := own_id(event.uid)) is not None:
        return session.get(Appointment, id_) is not None or session.get(AppointmentSeries, id_) is not None
    row = ImportedEvent
    attends: ColumnElement[bool] = or_(
        exists().where(AppointmentUser.appointment_id == row.appointment_id, AppointmentUser.user_id == me),
        exists().where(SeriesUser.series_id == row.series_id, SeriesUser.user_id == me),
    )
    theirs = select(row.uid).where(row.uid == event.uid, row.recurrence == "", row.user_id != me, attends)
    return session.scalar(theirs.limit(1)) is not None


def _make(
    session: Session, claim: ImportedEvent, event: Event, since: datetime, *, force: bool, about: UUID | None = None
) -> str:  # fmt: skip
    """A new appointment or series; of a series what comes after `since`."""
    whose = claim.user_id
    data, answer = _times_and_all(session, event, whose), attending(session, event.guests, whose).answer
    if event.recurs:
        begun = _beginning(event, since)
        if begun is None:
            return "skipped"
        at, rule = begun
        added = [one for one in event.added if one >= since and one != at]
        days_of = event.time_zone if event.all_day else None
        data |= {"starts_at": at, "ends_at": end_of(at, event.starts_at, event.ends_at, days_of)}
        data["recurrence"] = {"rule": rule, "excluded": list(event.excluded), "added": added}
    made = calendar.schedule(
        session, data | {"owner_id": whose, "person_id": about, "force": force or answer == "declined"}
    )
    claim.appointment_id, claim.series_id, claim.shape = made.id, made.series_id, event.shape
    claim.invited = sorted(event.invited)
    if made.series_id:  # one appointment of a series may go, the series stays
        claim.appointment_id = None
    if answer != "accepted" and whose == actor().id:
        answering.answer(session, made.id, answer, force=True, following=made.series_id is not None)
    return "created"


def _beginning(event: Event, since: datetime) -> tuple[datetime, str] | None:
    """The first time after `since` that takes place, and the rule from there on: of the rule, else of those that come
    besides. None where it is over."""
    check_zone(event.time_zone, "dtstart")
    rule = checked(event.rule or _ONCE, event.starts_at, event.time_zone, "rrule", a_day=MAX_A_DAY)
    check_age(rule, event.starts_at, since)
    times = occurrences(rule, event.starts_at, event.time_zone, event.starts_at - _TICK, until=since)
    for at in times:
        if at >= since and at not in event.excluded:
            return at, rest(rule, event.starts_at, event.time_zone, at, "rrule")
    later = [at for at in event.added if at >= since and at not in event.excluded]
    return (later[0], _ONCE) if later else None


def _said(session: Session, event: Event, whose: UUID) -> dict[str, Any]:
    """What it says but for its time, as of an appointment."""
    who = attending(session, event.guests, whose)
    return {
        "title": event.title, "place": event.place, "note": with_guests(event.note, who.strangers),
        "remind_before": list(event.remind_before), "user_ids": list(who.user_ids), "person_ids": list(who.person_ids),
        "show_as": event.show_as,
    }  # fmt: skip


def _times_and_all(session: Session, event: Event, whose: UUID) -> dict[str, Any]:
    times = {name: getattr(event, name) for name in ("starts_at", "ends_at", "time_zone", "all_day")}
    return _said(session, event, whose) | times


def _change(session: Session, claim: ImportedEvent, event: Event, *, force: bool) -> str:
    """Bring what it became before up to date. Where a series comes at other times, or an appointment has become one, it
    is cancelled as far as it is to come, and made anew from now on."""
    claim.invited = sorted(event.invited)
    if claim.series_id is None and not event.recurs:
        appointment = load(session, Appointment, claim.appointment_id, lock=True)  # type: ignore[arg-type]
        calendar.change(session, appointment, _times_and_all(session, event, claim.user_id) | {"force": force})
        return "updated"
    special = ImportedEvent.user_id == claim.user_id, ImportedEvent.uid == claim.uid, ImportedEvent.recurrence != ""
    if claim.series_id is None or event.shape != claim.shape or len(overrides.series_of(session, claim)) > 1:
        _cancel(session, claim)
        return "updated" if _make(session, claim, event, clock.now(), force=force) == "created" else "cancelled"
    # What is otherwise in the series is said again by what comes behind it in the calendar.
    older = tuple_(ImportedEvent.sequence, ImportedEvent.stamped_at) <= event.version
    session.execute(update(ImportedEvent).where(*special, older).values(sequence=-1))
    series = load(session, AppointmentSeries, claim.series_id, access="write")
    said = _said(session, event, claim.user_id)
    if any(getattr(series, name) != value for name, value in said.items() if not name.endswith("_ids")) or any(
        set(getattr(series, name)) != set(said[name]) for name in ("user_ids", "person_ids")
    ):
        following.change_series(session, series.id, said | {"force": force})
    overrides.leave_out(session, claim, event)
    return "updated"


def _cancel(session: Session, claim: ImportedEvent) -> str:
    """Cancel what it became, as far as it is to come: should it take place after all, it is planned anew. What was
    never taken over is skipped."""
    if claim.series_id is None and claim.appointment_id is None:
        return "skipped"
    if claim.appointment_id is not None:
        overrides.cancel_one(session, claim.appointment_id)
    for series_id in overrides.series_of(session, claim) if claim.series_id else ():
        if load(session, AppointmentSeries, series_id, lock=True).state == "active":
            following.cancel_series(session, series_id)
    claim.appointment_id = claim.series_id = None
    if not claim.recurrence:
        row = ImportedEvent
        session.execute(delete(row).where(row.user_id == claim.user_id, row.uid == claim.uid, row.recurrence != ""))
    return "cancelled"
