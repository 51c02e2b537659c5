"""When a rule comes true. Reckoned by the clock on the wall of its time zone: nine o'clock stays nine o'clock when
summer time begins. A time that a change of the clock skips comes as much later (RFC 5545, 3.3.5), one that it repeats
is the first of the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from heapq import merge
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from chassis.errors import Invalid
from chassis.zones import check_zone
from contacts.recurrence.rules import SEARCHED, joined, may_begin_on, parts_of


def checked(text: str, start: datetime, zone: str, field: str = "rule") -> str:
    """The rule in the form that is kept. Invalid for what is no rule, for one that comes more than once a day, never,
    or of which `start` is not the first occurrence."""
    check_zone(zone)
    parts = parts_of(text, field)
    rule, first = joined(parts), None
    try:
        if may_begin_on(parts, _wall(start, ZoneInfo(zone)).date()):
            first = next(occurrences(rule, start, zone, start - timedelta(days=1)), None)
    except (ValueError, TypeError, IndexError, KeyError, OverflowError):
        raise Invalid(field, "invalid_rule", "This is no rule of RFC 5545.") from None
    if first != start:
        raise Invalid(field, "not_first", "The rule must come true at the first time that is given, too.")
    return rule


def occurrences(
    rule: str, start: datetime, zone: str, after: datetime, until: datetime | None = None
) -> Iterator[datetime]:
    """The instants (UTC) of the rule behind `after`, in order; the search ends nine years on, or behind `until`."""
    place = ZoneInfo(zone)
    end = max(_wall(one, place) for one in (after, start, until) if one is not None) + SEARCHED
    for local in _walls(rule, start, place, end):
        instant = local.replace(tzinfo=place).astimezone(UTC)
        if instant > after:
            yield instant


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
    """The rule with its UNTIL as an instant, as RFC 5545 (3.3.10) asks for where the start has a time zone; as a day
    where it is one."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    if "UNTIL" not in parts:
        return rule
    place = ZoneInfo(zone)
    last = _local_until(parts["UNTIL"], place)
    return joined(parts | {"UNTIL": f"{last:%Y%m%d}" if all_day else last_of(last.replace(tzinfo=place))})


def last_of(day: datetime) -> str:
    """The instant as the UNTIL of a rule."""
    return day.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _walls(text: str, start: datetime, place: ZoneInfo, end: datetime) -> Iterator[datetime]:
    """The rule's times on the wall until `end`, at most. Without an end dateutil would look for a February 30th until
    the year 9999."""
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    count = parts.pop("COUNT", None)
    last = _local_until(parts["UNTIL"], place) if "UNTIL" in parts else end
    rule = rrulestr(joined(parts | {"UNTIL": f"{min(last, end):%Y%m%dT%H%M%S}"}), dtstart=_wall(start, place))
    return islice(rule, int(count) if count else None)


def _local_until(text: str, place: ZoneInfo) -> datetime:
    """UNTIL on the wall of the place: an instant (`...Z`) is brought there, a date means its whole day."""
    if text.endswith("Z"):
        return _wall(datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), place)
    if "T" in text:
        return datetime.strptime(text, "%Y%m%dT%H%M%S")
    return datetime.combine(datetime.strptime(text, "%Y%m%d"), time(23, 59, 59))


def _wall(instant: datetime, place: ZoneInfo) -> datetime:
    return instant.astimezone(place).replace(tzinfo=None)
