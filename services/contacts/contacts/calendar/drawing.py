"""Appointments drawn as iCalendar (RFC 5545) for one who attends them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vRecur, vText

from contacts.calendar.model import Appointment, AppointmentSeries, AppointmentUser, SeriesUser
from contacts.recurrence.times import with_instant
from contacts.staff.model import StaffMember

_PARTSTAT = {"open": "NEEDS-ACTION", "accepted": "ACCEPTED", "tentative": "TENTATIVE", "declined": "DECLINED"}


@dataclass(frozen=True)
class Drawing:
    """`user_id` is whose calendar it is; `staff` are those who are named in it, as far as they are known."""

    user_id: UUID
    staff: Mapping[UUID, StaffMember]

    def calendar(self, name: str) -> Calendar:
        """A calendar with nothing in it."""
        calendar = Calendar()
        calendar.add("prodid", "-//Quintet//contacts//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(minutes=15), parameters={"value": "DURATION"})
        return calendar

    def single(self, appointment: Appointment) -> Event:
        """An appointment by itself."""
        return self._event(appointment, appointment.id)

    def series(self, series: AppointmentSeries, special: Iterable[tuple[Appointment, bool]]) -> Iterator[Event]:
        """A series by its rule; of what is `special` in it, that to which the user goes by itself (RECURRENCE-ID), the
        rest left out (EXDATE)."""
        master = self._event(series, series.id)
        for rule in series.rule.split("\n"):
            master.add("rrule", vRecur.from_ical(with_instant(rule, series.time_zone, all_day=series.all_day)))
        if series.added:
            master.add("rdate", [_local(at, series) for at in series.added])
        others = []
        for appointment, goes in special:
            place = _local(appointment.due_at, series)
            if goes:
                others.append(self._event(appointment, series.id))
                others[-1].add("recurrence-id", place)
            else:
                master.add("exdate", place)
        yield master
        yield from others

    def _event(self, source: Appointment | AppointmentSeries, uid: UUID) -> Event:
        """Its UID stays and its SEQUENCE rises, so that a calendar moves what it has and shows nothing twice."""
        event = Event()
        event.add("uid", f"{uid}@quintet")
        event.add("sequence", source.version)
        event.add("dtstamp", source.updated_at)
        event.add("last-modified", source.updated_at)
        event.add("dtstart", _local(source.starts_at, source))
        if source.ends_at > source.starts_at:  # a moment has no end (RFC 5545, 3.6.1)
            event.add("dtend", _local(source.ends_at, source))
        event.add("summary", source.title)
        cancelled = isinstance(source, Appointment) and source.state == "cancelled"
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        for name, value in (("location", source.place), ("description", source.note)):
            if value:
                event.add(name, value)
        if source.show_as == "free" or any(self._declined(row) for row in source.users):
            event.add("transp", "TRANSPARENT")
        self._add_attendees(event, source)
        if not cancelled:
            self._add_alarms(event, source)
        return event

    def _add_attendees(self, event: Event, source: Appointment | AppointmentSeries) -> None:
        if source.owner_id:
            event.add("organizer", self._address(source.owner_id), encode=False)
        asked: list[AppointmentUser | SeriesUser] = [*source.users]
        for row in sorted(asked, key=lambda row: row.user_id):
            address = self._address(row.user_id)
            address.params["PARTSTAT"] = vText(_PARTSTAT[row.answer])
            event.add("attendee", address, encode=False)

    def _add_alarms(self, event: Event, source: Appointment | AppointmentSeries) -> None:
        for minutes in source.remind_before:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", source.title)
            alarm.add("trigger", -timedelta(minutes=minutes))
            event.add_component(alarm)

    def _declined(self, row: AppointmentUser | SeriesUser) -> bool:
        return row.user_id == self.user_id and row.answer == "declined"

    def _address(self, user_id: UUID) -> vCalAddress:
        known = self.staff.get(user_id)
        address = vCalAddress(f"mailto:{known.email}" if known and known.email else f"urn:uuid:{user_id}")
        if known and known.name:
            address.params["CN"] = vText(known.name)
        return address


def _local(instant: datetime, source: Appointment | AppointmentSeries) -> datetime | date:
    """The instant on the wall of its zone; of what takes whole days, the day."""
    local = instant.astimezone(ZoneInfo(source.time_zone))
    return local.date() if source.all_day else local
