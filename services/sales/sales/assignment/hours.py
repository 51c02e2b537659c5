"""Working hours as people write them, with every mistake named. Pure: no clock, no database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.errors import Invalid

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
Span = tuple[int, int]  # minutes of the day


@dataclass(frozen=True)
class WorkHours:
    """A week of spans, and the days that differ from it."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    special: Mapping[date, tuple[Span, ...]]

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
        spans = self.special.get(there.date(), self.week[there.weekday()])
        return any(begins <= minute < ends for begins, ends in spans)


def parse_hours(
    zone: str, hours: Mapping[str, Any], holidays: Sequence[str] = (), workdays: Mapping[str, Any] | None = None
) -> WorkHours:
    """Hours from their stored or posted form. Invalid names the field; a date both holiday and workday is worked."""
    unknown = [day for day in hours if day not in WEEKDAYS]
    if unknown:
        raise Invalid(f"hours.{unknown[0]}", "unknown_weekday", f"Weekdays are {', '.join(WEEKDAYS)}.")
    week = tuple(_spans(hours.get(day, ()), f"hours.{day}") for day in WEEKDAYS)
    if not any(week):
        raise Invalid("hours", "never_open", "At least one weekday needs working hours.")
    special: dict[date, tuple[Span, ...]] = {_date(day, f"holidays.{i}"): () for i, day in enumerate(holidays)}
    special |= {_date(day, f"workdays.{day}"): _spans(one, f"workdays.{day}") for day, one in (workdays or {}).items()}
    return WorkHours(zone_named(zone), week, special)


def _spans(spans: Any, path: str) -> tuple[Span, ...]:
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


def _minutes(value: Any, path: str) -> int:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise Invalid(path, "not_a_time", 'Times are "HH:MM", from "00:00" to "24:00".')
    return int(value[:2]) * 60 + int(value[3:])


def _date(value: Any, path: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(path, "not_a_date", "Dates are YYYY-MM-DD.") from None


def zone_named(name: str) -> ZoneInfo:
    """The zone of the tz database with this name; Invalid where there is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # of which ZoneInfoNotFoundError is the last
        raise Invalid("zone", "unknown_zone", "Name a zone of the tz database, such as Asia/Shanghai.") from None
