"""What the properties of a VEVENT say: texts, time zones, instants (RFC 5545, 3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import vDDDTypes
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from chassis.errors import Invalid
from chassis.zones import zones
from contacts.calendar_imports.rules import MAX_TIMES, check_year


def first_of(component: Any, name: str) -> Any:
    """The property; of several, which the standard forbids, the first."""
    found = component.get(name)
    return found[0] if isinstance(found, list) and found else found


def text_of(component: Any, name: str, most: int) -> str | None:
    """The property as text, of so many characters at most; None where it says nothing."""
    return str(first_of(component, name) or "").replace("\x00", "").strip()[:most] or None


def known_zone(name: str) -> str | None:
    """The IANA zone behind a name, also that of Windows, or one with a prefix of the program that wrote it."""
    tail = "/".join(name.strip("/").split("/")[-2:])
    for one in (name, WINDOWS_TO_OLSON.get(name, ""), tail):
        if one in zones():
            return one
    return None


def instant_of(value: Any, field: str, home: str) -> tuple[str, datetime]:
    """The zone and the instant (UTC) of a DATE or DATE-TIME; a date begins at midnight."""
    at: date | datetime = value.dt
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    named = value.params.get("TZID")
    if at.tzinfo is UTC or (named is None and at.tzinfo is not None):
        return "UTC", at.astimezone(UTC)
    place = known_zone(str(named)) if named else home
    if place is None:
        raise Invalid(field, "unknown_time_zone", f"There is no time zone {str(named)[:100]}.")
    return place, at.replace(tzinfo=ZoneInfo(place)).astimezone(UTC)


def time_of(value: Any, field: str, home: str) -> tuple[str, datetime]:
    """The same of when something takes place. Invalid outside of all calendars."""
    try:
        place, at = instant_of(value, field, home)
    except OverflowError:  # a last day of 9999 in America, or a first of year 1 in China
        place, at = home, datetime.min
    check_year(at, field)
    return place, at


def times_of(component: Any, name: str, home: str) -> Sequence[datetime]:
    """The times of EXDATE or RDATE, each once. Of a period it is the start: it is as long as the others."""
    found = component.get(name) or []
    lists = found if isinstance(found, list) else [found]
    times = sorted({at for one in lists for at in _instants(one, name.lower(), home)})
    if len(times) > MAX_TIMES:
        raise Invalid(name.lower(), "too_many", f"At most {MAX_TIMES} times are taken.")
    return times


def _instants(values: Any, field: str, home: str) -> Iterator[datetime]:
    for value in values.dts:
        if "TZID" in values.params and "TZID" not in value.params:
            value.params["TZID"] = values.params["TZID"]
        yield time_of(vDDDTypes(value.dt[0]) if isinstance(value.dt, tuple) else value, field, home)[1]
