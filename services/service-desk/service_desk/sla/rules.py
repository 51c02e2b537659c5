"""Business time: how much of the time between two instants a desk was open, and when so much of it will have passed.

Hours are wall-clock hours of a zone. An instant counts as open when the clock on the wall there shows an
open minute: on the day that the clocks go forward an hour of a span may be missing, and on the day they go back a span
may be seen twice. All arithmetic is between UTC instants, so a business hour is always 3,600 seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chassis.errors import Invalid
from chassis.hours import Hours

DAY = timedelta(days=1)
HORIZON = timedelta(days=5 * 366)


def due(hours: Hours, start: datetime, amount: timedelta) -> datetime:
    """The first instant at which `amount` of business time has passed since `start`. Invalid if that is never."""
    for opened, closed in open_spans(hours, start, start + HORIZON):
        if closed - opened >= amount:
            return opened + amount
        amount -= closed - opened
    raise Invalid("calendar_id", "never_open", "The calendar has too few open hours to reach the target.")


def between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """The business time from `start` to `end`; negative where `end` comes first."""
    if end < start:
        return -between(hours, end, start)
    return sum((closed - opened for opened, closed in open_spans(hours, start, end)), timedelta())


def open_spans(hours: Hours, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open spans within [since, until), in order, as UTC instants; neighbours may touch."""
    for start, end, offset in _steady(hours.zone, since.astimezone(UTC), until.astimezone(UTC)):
        day = (start + offset).date()
        while (midnight := datetime.combine(day, time(), UTC) - offset) < end:
            for opens, closes in hours.spans(day):
                opened = max(start, midnight + timedelta(minutes=opens))
                closed = min(end, midnight + timedelta(minutes=closes))
                if opened < closed:
                    yield opened, closed
            day += DAY


def _steady(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """[since, until) in pieces of at most a day, in each of which the zone keeps one offset from UTC."""
    while since < until:
        offset, end = _offset(zone, since), min(since + DAY, until)
        if _offset(zone, end) != offset:
            end = _change(zone, since, end)
        yield since, end, offset
        since = end


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second at which the offset that holds at `before` ends, by bisection (the tz database changes on whole
    seconds, and no zone has ever changed twice in a day)."""
    offset = _offset(zone, before)
    low, high = int(before.timestamp()), -int(-after.timestamp() // 1)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, datetime.fromtimestamp(middle, UTC)) == offset:
            low = middle
        else:
            high = middle
    return min(after, datetime.fromtimestamp(high, UTC))
