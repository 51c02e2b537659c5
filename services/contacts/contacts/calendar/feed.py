"""A user's calendar as iCalendar (RFC 5545), at a link with a secret in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import Forbidden, NotFound
from chassis.links import hash_of, new_token
from contacts.calendar import rules
from contacts.calendar.model import Appointment, AppointmentUser, CalendarFeed
from contacts.staff.model import StaffMember


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
    calendar = Calendar()
    calendar.add("prodid", "-//Quintet//contacts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"value": "DURATION"})
    for appointment in _attended(session, user_id):
        calendar.add_component(_event(appointment))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _attended(session: Session, user_id: UUID) -> list[Appointment]:
    row, now = AppointmentUser, clock.now()
    statement = (
        select(Appointment)
        .join(row, row.appointment_id == Appointment.id)
        .where(row.user_id == user_id)
        .where(row.starts_at > now - rules.FEED_PAST, row.starts_at < now + rules.FEED_AHEAD)
        .order_by(row.starts_at, row.appointment_id)
        .limit(rules.FEED_MOST)
    )
    return list(session.scalars(statement))


def _event(appointment: Appointment) -> Event:
    """Its UID stays and its SEQUENCE rises, so that a calendar moves what it has and shows nothing twice."""
    event, zone = Event(), ZoneInfo(appointment.time_zone)
    event.add("uid", f"{appointment.id}@quintet")
    event.add("sequence", appointment.version)
    event.add("dtstamp", appointment.updated_at)
    event.add("last-modified", appointment.updated_at)
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", appointment.title)
    event.add("status", "CONFIRMED" if appointment.state == "scheduled" else "CANCELLED")
    for name, value in (("location", appointment.place), ("description", appointment.note)):
        if value:
            event.add(name, value)
    return event


def _me() -> UUID:
    who = actor()
    if who.kind != "user" or who.id is None:
        raise Forbidden("Only a user has a calendar.", "not_a_user")
    return who.id
