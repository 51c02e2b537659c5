"""A user's calendar as iCalendar (RFC 5545), at a link with a secret in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import Forbidden, NotFound
from chassis.links import hash_of, new_token
from contacts.calendar import rules
from contacts.calendar.busy import meets
from contacts.calendar.drawing import Drawing
from contacts.calendar.model import Appointment, AppointmentSeries, AppointmentUser, CalendarFeed, SeriesUser
from contacts.staff.model import StaffMember

# What an appointment may have otherwise than its series, beside its time.
_DRAWN = ("title", "note", "place", "all_day", "show_as")


def open_feed(session: Session) -> str:
    """The token of a new link to the actor's calendar; the link before it is void."""
    token = new_token()
    values = {"token_hash": hash_of(token), "created_at": clock.now()}
    new = insert(CalendarFeed).values(user_id=_me(), **values)
    session.execute(new.on_conflict_do_update(index_elements=["user_id"], set_=values))
    return token


def close_feed(session: Session) -> None:
    """Make the link void. Without one nothing happens."""
    session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == _me()))


def state_of(session: Session) -> dict[str, Any]:
    """Whether the actor has a link, and since when."""
    feed = session.get(CalendarFeed, _me())
    return {"active": feed is not None, "created_at": feed.created_at if feed else None}


def by_token(session: Session, token: str) -> bytes:
    """The calendar behind a link. NotFound for one that is void, never was, or is of somebody who left."""
    user_id = session.scalar(select(CalendarFeed.user_id).where(CalendarFeed.token_hash == hash_of(token)))
    if user_id is None:
        raise NotFound("calendar")
    owner = session.get(StaffMember, user_id)
    if owner is not None and not owner.active:
        raise NotFound("calendar")
    return _calendar(session, user_id, owner.name if owner else "Quintet")


def _calendar(session: Session, user_id: UUID, name: str) -> bytes:
    series, singles = _series(session, user_id), _attended(session, user_id)
    special = _special(session, user_id, series)
    shown: list[Appointment | AppointmentSeries] = [*series, *singles]
    users = {row.user_id for one in shown for row in one.users} | {one.owner_id for one in shown if one.owner_id}
    staff = session.scalars(select(StaffMember).where(StaffMember.user_id.in_(users)))
    drawing = Drawing(user_id, {one.user_id: one for one in staff})
    calendar = drawing.calendar(name)
    for one in series:
        for component in drawing.series(one, special.get(one.id, ())):
            calendar.add_component(component)
    for appointment in singles:
        calendar.add_component(drawing.single(appointment))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _series(session: Session, user_id: UUID) -> list[AppointmentSeries]:
    """What the user attends as a series, as far as it is not long over."""
    series = AppointmentSeries
    over = series.last_at + (series.ends_at - series.starts_at)
    statement = (
        select(series)
        .join(SeriesUser, SeriesUser.series_id == series.id)
        .where(SeriesUser.user_id == user_id, over > clock.now() - rules.FEED_PAST)
        .order_by(series.starts_at, series.id)
        .limit(rules.FEED_MOST)
    )
    return [one for one in session.scalars(statement) if one.has_any()]


def _special(
    session: Session, user_id: UUID, series: Sequence[AppointmentSeries]
) -> dict[UUID | None, list[tuple[Appointment, bool]]]:
    """The appointments of each series that are not as its rule says, or to which the user answered otherwise; and
    whether the user goes there."""
    one, mine, rule = Appointment, AppointmentUser, AppointmentSeries
    as_a_whole = select(SeriesUser.answer).where(SeriesUser.series_id == rule.id, SeriesUser.user_id == user_id)
    differs = [
        one.state != "scheduled", one.starts_at != one.occurrence_at,
        one.ends_at - one.starts_at != rule.ends_at - rule.starts_at,
        *(getattr(one, name).is_distinct_from(getattr(rule, name)) for name in _DRAWN),
        mine.user_id.is_(None), mine.answer != as_a_whole.scalar_subquery(),
    ]  # fmt: skip
    rows = session.execute(
        select(one, mine.user_id)
        .join(rule, rule.id == one.series_id)
        .outerjoin(mine, and_(mine.appointment_id == one.id, mine.user_id == user_id))
        .where(rule.id.in_([found.id for found in series]), or_(*differs))
        .order_by(one.occurrence_at)
    )
    special: dict[UUID | None, list[tuple[Appointment, bool]]] = {}
    for appointment, attends in rows:
        goes = attends is not None and appointment.state == "scheduled"
        special.setdefault(appointment.series_id, []).append((appointment, goes))
    return special


def _attended(session: Session, user_id: UUID) -> list[Appointment]:
    """What the user attends by itself: of no series, or of one to which the user is not asked as a whole."""
    row, now = AppointmentUser, clock.now()
    whole = select(SeriesUser.series_id).where(SeriesUser.user_id == user_id)
    statement = (
        select(Appointment)
        .join(row, row.appointment_id == Appointment.id)
        .where(row.user_id == user_id)
        .where(or_(*meets(now - rules.FEED_PAST, now + rules.FEED_AHEAD)))
        .where(or_(Appointment.series_id.is_(None), Appointment.series_id.not_in(whole)))
        .order_by(row.starts_at, row.appointment_id)
        .limit(rules.FEED_MOST)
    )
    return list(session.scalars(statement))


def _me() -> UUID:
    who = actor()
    if who.kind != "user" or who.id is None:
        raise Forbidden("Only a user has a calendar.", "not_a_user")
    return who.id
