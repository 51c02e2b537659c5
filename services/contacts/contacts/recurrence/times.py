"""When rules come true. Reckoned by the clock on the wall of their time zone: nine o'clock stays nine o'clock when
summer time begins. A time that a change of the clock skips comes as much later (RFC 5545, 3.3.5), or not at all where
the rule comes more than once a day (3.3.10): the next one has that instant. One that it repeats is the first of the
two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from heapq import merge
from itertools import groupby, islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from chassis.errors import Invalid
from chassis.zones import check_zone
from contacts.recurrence.rules import (
    EARLIEST,
    SEARCHED,
    YEARS,
    check_often,
    joined,
    may_begin_at,
    parts_of,
    spelt_out,
    split,
    times_a_day,
    until,
    with_count,
)  # fmt: skip

_TICK = timedelta(seconds=1)
_COMPARED = 60


def checked(text: str, start: datetime, zone: str, field: str = "rule", *, a_day: int = 1) -> str:
    """The rules in the form that is kept, a line each; several ones with all that they have from the start. Invalid for
    what is no rule, for those that come more than `a_day` times a day, never, or of which `start` is not the first
    occurrence, and for a `start` beyond the years of calendars."""
    check_zone(zone)
    if not EARLIEST <= start.year <= YEARS[1]:
        raise Invalid(field, "out_of_range", f"What comes again begins in the years {EARLIEST} to {YEARS[1]}.")
    rules, wall = [parts_of(line, field) for line in text.strip().split("\n")], _wall(start, ZoneInfo(zone))
    check_often(rules, field, a_day)
    kept, first = "\n".join(joined(spelt_out(one, wall) if rules[1:] else one) for one in rules), None
    try:
        if any(may_begin_at(one, wall) for one in rules):
            first = next(occurrences(kept, start, zone, start - timedelta(days=1)), None)
    except (ValueError, TypeError, IndexError, KeyError, OverflowError):
        raise Invalid(field, "invalid_rule", "This is no rule of RFC 5545.") from None
    if first != start:
        raise Invalid(field, "not_first", "The rule must come true at the first time that is given, too.")
    return kept


def occurrences(
    rule: str, start: datetime, zone: str, after: datetime, until: datetime | None = None
) -> Iterator[datetime]:
    """The instants (UTC) of the rules behind `after`, in order, each once; the search ends nine years on, or behind
    `until`."""
    place = ZoneInfo(zone)
    end = max(_wall(one, place) for one in (after, start, until) if one is not None) + SEARCHED
    found = merge(*(_instants(one, start, place, end) for one in rule.split("\n")))
    return (instant for instant, _ in groupby(found) if instant > after)


def rest(rule: str, start: datetime, zone: str, at: datetime, field: str = "rule") -> str:
    """The rules as they begin with `at`, one of their times: of a COUNT what is left, of several ones those that come
    at all. Invalid where one that skips weeks or months beside others would come in others then."""
    if "\n" not in rule:
        return with_count(rule, max(1, _left(rule, start, zone, at)))
    still = [one for one in rule.split("\n") if following(one, start, zone, at - _TICK)]
    kept = "\n".join(with_count(one, _left(one, start, zone, at)) for one in still) or rule
    as_before, anew = occurrences(rule, start, zone, at - _TICK), occurrences(kept, at, zone, at - _TICK)
    if list(islice(as_before, _COMPARED)) != list(islice(anew, _COMPARED)):
        raise Invalid(field, "not_supported", "Of these rules, one with an INTERVAL cannot begin there.")
    return kept


def ended(rule: str, start: datetime, zone: str, before: datetime) -> str:
    """The rules without what would come from `before` on; one that has come to its end by then stays as it is."""
    last = last_of(before - _TICK)
    each = rule.split("\n")
    return "\n".join(until(one, last) if following(one, start, zone, before - _TICK) else one for one in each)


def following(rule: str, start: datetime, zone: str, after: datetime) -> datetime | None:
    """The first instant of the rule behind `after`; None when there is none any more."""
    return next(occurrences(rule, start, zone, after), None)


def with_added(times: Iterator[datetime], added: Iterable[datetime], after: datetime) -> Iterator[datetime]:
    """The times of a rule behind `after` and those that come besides (RDATE), in order, each once."""
    return (at for at, _ in groupby(merge(times, sorted(at for at in added if at > after))))


def moved_along(
    times: Iterable[datetime], zone: str, was: datetime, becomes: datetime, new_zone: str
) -> list[datetime]:
    """The times of a series, when one that `was` then `becomes` now: as much earlier or later on the wall."""
    old, new = ZoneInfo(zone), ZoneInfo(new_zone)
    by = _wall(becomes, new) - _wall(was, old)
    return sorted((_wall(at, old) + by).replace(tzinfo=new).astimezone(UTC) for at in times)


def with_instant(rule: str, zone: str, *, all_day: bool = False) -> str:
    """The one rule with its UNTIL as an instant, as RFC 5545 (3.3.10) asks for where the start has a time zone; as a
    day where it is one."""
    parts = split(rule)
    if "UNTIL" not in parts:
        return rule
    place = ZoneInfo(zone)
    last = _local_until(parts["UNTIL"], place)
    return joined(parts | {"UNTIL": f"{last:%Y%m%d}" if all_day else last_of(last.replace(tzinfo=place))})


def last_of(day: datetime) -> str:
    """The instant as the UNTIL of a rule."""
    return day.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _left(rule: str, start: datetime, zone: str, at: datetime) -> int:
    """How many of the rule's COUNT are left from `at` on."""
    if "COUNT=" not in rule:
        return 1
    passed = takewhile(lambda one: one < at, occurrences(rule, start, zone, start - _TICK, until=at))
    return int(split(rule)["COUNT"]) - sum(1 for _ in passed)


def _instants(rule: str, start: datetime, place: ZoneInfo, end: datetime) -> Iterator[datetime]:
    """The instants of one rule, in order, until `end` at most."""
    parts = split(rule)
    count, often = parts.pop("COUNT", None), times_a_day(parts) > 1
    found = ((local, local.replace(tzinfo=place).astimezone(UTC)) for local in _walls(parts, start, place, end))
    return islice((at for local, at in found if not often or _wall(at, place) == local), int(count) if count else None)


def _walls(parts: dict[str, str], start: datetime, place: ZoneInfo, end: datetime) -> Iterable[datetime]:
    """The rule's times on the wall until `end`, at most. Without an end dateutil would look for a February 30th until
    the year 9999."""
    last = _local_until(parts["UNTIL"], place) if "UNTIL" in parts else end
    return rrulestr(joined(parts | {"UNTIL": f"{min(last, end):%Y%m%dT%H%M%S}"}), dtstart=_wall(start, place))


def _local_until(text: str, place: ZoneInfo) -> datetime:
    """UNTIL on the wall of the place: an instant (`...Z`) is brought there, a date means its whole day."""
    if text.endswith("Z"):
        return _wall(datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), place)
    if "T" in text:
        return datetime.strptime(text, "%Y%m%dT%H%M%S")
    return datetime.combine(datetime.strptime(text, "%Y%m%d"), time(23, 59, 59))


def _wall(instant: datetime, place: ZoneInfo) -> datetime:
    return instant.astimezone(place).replace(tzinfo=None)
