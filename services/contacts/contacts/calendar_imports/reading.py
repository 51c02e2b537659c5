"""From the bytes of a calendar (RFC 5545, as programs write it) to what its events say, by `icalendar`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from charset_normalizer import from_bytes
from icalendar import Calendar

from chassis.errors import Invalid
from chassis.zones import midnight
from contacts.calendar_imports.properties import first_of, instant_of, known_zone, text_of, time_of, times_of
from contacts.calendar_imports.rules import MAX_UID, Event, Guest, Reply, check_count
from contacts.tasks.rules import LONGEST_REMINDER, MAX_REMINDERS

_NEEDED = (
    "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "LAST-MODIFIED", "DTSTAMP",
)  # fmt: skip
_ALARM = re.compile(r"^BEGIN:VALARM\b.*?^END:VALARM\r?\n", re.DOTALL | re.MULTILINE | re.IGNORECASE)
_MAX_GUESTS = 200
_MAX_SEQUENCE = 2**31 - 1


def components(raw: bytes) -> list[tuple[Any, Calendar]]:
    """The VEVENTs of one or many calendars, each with its calendar: series, then what changes all that follow a time,
    in order, then what stands for one time. Invalid for what is no calendar."""
    text = _decoded(raw)
    try:
        calendars = _parsed(text)
    except Invalid:  # the library gives a whole calendar up for one alarm that is broken
        calendars = _parsed(_ALARM.sub("", text))
    found = [(event, calendar) for calendar in calendars for event in calendar.walk("VEVENT")]
    check_count(len(found))
    return sorted(found, key=lambda pair: _place(pair[0]))


def _place(component: Any) -> tuple[int, str]:
    at = first_of(component, "RECURRENCE-ID")
    if at is None:
        return 0, ""
    return (1, text_of(component, "RECURRENCE-ID", 50) or "") if "RANGE" in getattr(at, "params", ()) else (2, "")


def _decoded(raw: bytes) -> str:
    """UTF-8, as the standard asks for, else the likeliest."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = from_bytes(raw[:200_000]).best()
        return raw.decode(guess.encoding if guess else "utf-8", "replace")


def _parsed(text: str) -> Any:
    try:
        return Calendar.from_ical(text, multiple=True)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError):
        raise Invalid("file", "no_calendar", "This is no iCalendar file (RFC 5545).") from None


def method_of(calendar: Calendar) -> str:
    """What a calendar asks for (METHOD, RFC 5546), in capitals; empty where it asks for nothing."""
    return (text_of(calendar, "METHOD", 20) or "").upper()


def read_answer(component: Any, usual: str) -> Reply:
    """What a VEVENT of METHOD REPLY says: who answered for what. Invalid, naming the property, for what is none."""
    try:
        at = _recurrence_at(component, usual)
        return Reply(_uid(component), at, _version(component), _guests(component))
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
        raise Invalid("vevent", "invalid_value", "It says something that cannot be read.") from None


def uid_of(component: Any) -> str:
    """Its UID as it stands there; empty where there is none."""
    return text_of(component, "UID", MAX_UID) or ""


def read(component: Any, calendar: Calendar, zone: str | None, usual: str) -> Event:
    """What a VEVENT says. Times without a zone are those of `zone`, else of the calendar, else of the `usual` one.
    Invalid, naming the property, for what cannot be planned here."""
    for name, problem in component.errors:
        if name in _NEEDED:
            raise Invalid(str(name).lower(), "invalid_value", str(problem)[:300])
    try:
        return _read(component, calendar, zone or known_zone(text_of(calendar, "X-WR-TIMEZONE", 100) or "") or usual)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
        raise Invalid("vevent", "invalid_value", "It says something that cannot be read.") from None


def _read(component: Any, calendar: Calendar, home: str) -> Event:
    start = first_of(component, "DTSTART")
    if start is None:
        raise Invalid("dtstart", "required", "It does not say when it starts.")
    place, starts_at = time_of(start, "dtstart", home)
    if place == "UTC" and "RRULE" not in component:  # how programs write an instant, not where people are
        place = home
    return Event(
        uid=_uid(component),
        recurrence_at=_recurrence_at(component, home), following=_follows(component),
        version=_version(component),
        cancelled="CANCELLED" in (text_of(component, "STATUS", 20) or "").upper()
        or method_of(calendar) == "CANCEL",
        withdrawn=method_of(calendar) == "CANCEL",
        title=text_of(component, "SUMMARY", 200) or "-",
        place=text_of(component, "LOCATION", 300),
        note=text_of(component, "DESCRIPTION", 5000),
        starts_at=starts_at, ends_at=_end(component, start, starts_at, place), time_zone=place,
        all_day=not isinstance(start.dt, datetime),
        show_as="free" if (text_of(component, "TRANSP", 20) or "").upper() == "TRANSPARENT" else "busy",
        rule=_rule(component), excluded=times_of(component, "EXDATE", home), added=times_of(component, "RDATE", home),
        remind_before=_reminders(component), guests=_guests(component), organizer=_organizer(component),
    )  # fmt: skip


def _uid(component: Any) -> str:
    uid = text_of(component, "UID", MAX_UID + 1)
    if uid is None:
        raise Invalid("uid", "required", "It has no UID, by which it would be known again.")
    if len(uid) > MAX_UID:
        raise Invalid("uid", "too_long", f"A UID has at most {MAX_UID} characters here.")
    return uid


def _end(component: Any, start: Any, starts_at: datetime, place: str) -> datetime:
    """When it ends: without an end a moment, or a whole day; so is a day that ends as it begins, as some write it."""
    end, duration = first_of(component, "DTEND"), first_of(component, "DURATION")
    if end is not None and (isinstance(start.dt, datetime) or end.dt != start.dt):
        return time_of(end, "dtend", place)[1]
    length = duration.dt if duration is not None else None
    if isinstance(start.dt, datetime):
        return starts_at + (length or timedelta())
    return midnight(start.dt + timedelta(days=max(length.days if length is not None else 1, 1)), place)


def _recurrence_at(component: Any, home: str) -> datetime | None:
    value = first_of(component, "RECURRENCE-ID")
    if value is None:
        return None
    return time_of(value, "recurrence-id", home)[1]


def _follows(component: Any) -> bool:
    at = first_of(component, "RECURRENCE-ID")
    reach = str(at.params.get("RANGE", "")).upper() if at is not None else ""
    if reach not in ("", "THISANDFUTURE"):
        raise Invalid("recurrence-id", "not_supported", "Of the ranges there is only THISANDFUTURE (RFC 5545).")
    return reach != ""


def _organizer(component: Any) -> str | None:
    address = (text_of(component, "ORGANIZER", 300) or "").lower().removeprefix("mailto:")
    return address if "@" in address else None


def _version(component: Any) -> tuple[int, datetime]:
    """RFC 5546, 2.1.4: SEQUENCE counts; the same one was changed later, or not."""
    stamp = first_of(component, "LAST-MODIFIED") or first_of(component, "DTSTAMP")
    at = instant_of(stamp, "dtstamp", "UTC")[1] if stamp is not None else datetime(1970, 1, 1, tzinfo=UTC)
    return min(max(int(first_of(component, "SEQUENCE") or 0), 0), _MAX_SEQUENCE), at


def _rule(component: Any) -> str | None:
    found = component.get("RRULE") or []
    rules = found if isinstance(found, list) else [found]
    return "\n".join(rule.to_ical().decode() for rule in rules) or None


def _reminders(component: Any) -> Sequence[int]:
    """The alarms before the start; others are none that we send."""
    found = set()
    for alarm in component.walk("VALARM"):
        trigger = first_of(alarm, "TRIGGER")
        before = -trigger.dt if isinstance(getattr(trigger, "dt", None), timedelta) else None
        related = str(trigger.params.get("RELATED", "START")).upper() if before is not None else "END"
        if before is not None and related == "START" and timedelta() <= before <= timedelta(minutes=LONGEST_REMINDER):
            found.add(int(before.total_seconds()) // 60)
    return sorted(found)[:MAX_REMINDERS]


def _guests(component: Any) -> Sequence[Guest]:
    """Who attends, and who asked them to, each once."""
    found: dict[str, Guest] = {}
    for name in ("ATTENDEE", "ORGANIZER"):
        values = component.get(name) or []
        for value in values if isinstance(values, list) else [values]:
            address = str(value).strip().lower().removeprefix("mailto:")
            if "@" in address and str(value.params.get("CUTYPE", "")).upper() not in ("ROOM", "RESOURCE"):
                said = str(value.params.get("CN", "")).replace("\x00", "").strip()[:200]
                answer = str(value.params.get("PARTSTAT", "")).upper()
                found.setdefault(address[:254], Guest(address[:254], said, answer))
    return list(found.values())[:_MAX_GUESTS]
