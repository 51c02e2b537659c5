"""Working hours as people write them, with every mistake named. Pure: no clock, no database.

Hours are wall-clock hours of a zone: a week of spans, and single dates that differ from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.errors import Invalid

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")

Span = tuple[int, int]
"""A span of a day, in minutes since local midnight: from, and up to but not including."""


@dataclass(frozen=True)
class Hours:
    """`week` has the spans of Monday (0) to Sunday (6); `special` replaces those of single dates, with none for a
    holiday and with hours for a day worked instead."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    special: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The spans of a local date, in order."""
        return self.special.get(day, self.week[day.weekday()])

    def day(self, now: datetime) -> date:
        """Which day it is there."""
        return now.astimezone(self.zone).date()

    def midnight(self, now: datetime) -> datetime:
        """When that day began."""
        return datetime.combine(self.day(now), datetime.min.time(), self.zone)

    def at_work(self, now: datetime) -> bool:
        """Whether `now` lies within the hours."""
        there = now.astimezone(self.zone)
        minute = there.hour * 60 + there.minute
        return any(begins <= minute < ends for begins, ends in self.spans(there.date()))


@dataclass(frozen=True)
class SpecialDay:
    """A date as it was written, the hours that are worked on it (none: a holiday), and the fields that say so."""

    date: Any
    date_field: str
    hours: Any = ()
    hours_field: str = ""


def parse_hours(zone: str, hours: Mapping[str, Any], special: Iterable[SpecialDay] = ()) -> Hours:
    """Hours from their stored or posted form, {"mon": [["09:00", "18:00"]], ...}. Invalid names the field. Of two
    special days of one date the later one counts."""
    unknown = [day for day in hours if day not in WEEKDAYS]
    if unknown:
        raise Invalid(f"hours.{unknown[0]}", "unknown_weekday", f"Weekdays are {', '.join(WEEKDAYS)}.")
    week = tuple(parse_spans(hours.get(day, ()), f"hours.{day}") for day in WEEKDAYS)
    if not any(week):
        raise Invalid("hours", "never_open", "At least one weekday needs working hours.")
    differing = {_date(day.date, day.date_field): parse_spans(day.hours, day.hours_field) for day in special}
    return Hours(zone_named(zone), week, differing)


def parse_spans(spans: Any, path: str) -> tuple[Span, ...]:
    """`[["09:00", "12:00"], ["13:30", "18:00"]]` as minutes. Invalid unless in order and apart; "24:00" ends a day."""
    if not isinstance(spans, Sequence) or isinstance(spans, str):
        raise Invalid(path, "not_spans", 'Working hours are a list of ["from", "to"].')
    parsed: list[Span] = []
    for i, span in enumerate(spans):
        if not isinstance(span, Sequence) or isinstance(span, str) or len(span) != 2:
            raise Invalid(f"{path}.{i}", "not_a_span", 'A span is ["from", "to"].')
        begins, ends = (_minutes(edge, f"{path}.{i}.{n}") for n, edge in enumerate(span))
        if ends <= begins or (parsed and begins < parsed[-1][1]):
            raise Invalid(f"{path}.{i}", "not_in_order", "Spans end after they begin, and do not overlap.")
        parsed.append((begins, ends))
    return tuple(parsed)


def zone_named(name: str) -> ZoneInfo:
    """The zone of the tz database with this name; Invalid where there is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # of which ZoneInfoNotFoundError is the last
        raise Invalid("zone", "unknown_zone", "Name a zone of the tz database, such as Asia/Shanghai.") from None


def _minutes(value: Any, path: str) -> int:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise Invalid(path, "not_a_time", 'Times are "HH:MM", from "00:00" to "24:00".')
    return int(value[:2]) * 60 + int(value[3:])


def _date(value: Any, path: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(path, "not_a_date", "Dates are YYYY-MM-DD.") from None
