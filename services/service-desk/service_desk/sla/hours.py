"""Opening hours as people write them, turned into a calendar, with every mistake named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from chassis.errors import Invalid
from service_desk.sla.rules import Calendar, Span

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def parse_calendar(
    zone: str,
    hours: Mapping[str, Any],
    holidays: Sequence[Mapping[str, Any]] = (),
    workdays: Sequence[Mapping[str, Any]] = (),
) -> Calendar:
    """A calendar from its stored or posted form. Invalid names the field; a date both holiday and workday is worked."""
    unknown = [day for day in hours if day not in WEEKDAYS]
    if unknown:
        raise Invalid(f"hours.{unknown[0]}", "unknown_weekday", f"Weekdays are {', '.join(WEEKDAYS)}.")
    week = tuple(parse_spans(hours.get(day, ()), f"hours.{day}") for day in WEEKDAYS)
    if not any(week):
        raise Invalid("hours", "never_open", "At least one weekday needs opening hours.")
    special: dict[date, tuple[Span, ...]] = {}
    for i, day in enumerate(holidays):
        special[_date(day["date"], f"holidays.{i}.date")] = ()
    for i, day in enumerate(workdays):
        special[_date(day["date"], f"workdays.{i}.date")] = parse_spans(day["hours"], f"workdays.{i}.hours")
    return Calendar(_zone(zone), week, special)


def parse_spans(spans: Any, path: str) -> tuple[Span, ...]:
    """`[["09:00", "12:00"], ["13:30", "18:00"]]` as minutes. Invalid unless in order and apart; "24:00" ends a day."""
    if not isinstance(spans, Sequence) or isinstance(spans, str):
        raise Invalid(path, "not_spans", 'Opening hours are a list of ["from", "to"].')
    parsed: list[Span] = []
    for i, span in enumerate(spans):
        if not isinstance(span, Sequence) or isinstance(span, str) or len(span) != 2:
            raise Invalid(f"{path}.{i}", "not_a_span", 'A span is ["from", "to"].')
        opens, closes = (_minutes(edge, f"{path}.{i}.{n}") for n, edge in enumerate(span))
        if closes <= opens or (parsed and opens < parsed[-1][1]):
            raise Invalid(
                f"{path}.{i}",
                "not_in_order",
                "Spans end after they begin, follow one another and do not overlap.",
            )
        parsed.append((opens, closes))
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


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):  # of which ZoneInfoNotFoundError is the last
        raise Invalid("zone", "unknown_zone", "Name a zone of the tz database, such as Asia/Shanghai.") from None
