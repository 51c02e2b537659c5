"""What makes an appointment, and when two of them collide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import MINYEAR, date, datetime, timedelta
from itertools import pairwise

from chassis.errors import BadRequest, Conflict, Invalid
from chassis.zones import day_of, midnight
from contacts.recurrence.rules import YEARS

STATES = ("scheduled", "cancelled")
SERIES_STATES = ("active", "cancelled")
SHOWN_AS = ("busy", "free")
ANSWERS = ("accepted", "tentative", "declined")
# Nearly all are shorter; what is longer has an index of its own.
USUAL = timedelta(days=14)
LONGEST = timedelta(days=3660)
WIDEST_RANGE = timedelta(days=92)
MAX_ATTENDEES = 50
# How far ahead the appointments of a series are made, and how far back a new one may begin.
WINDOW = timedelta(days=180)
# What a feed shows: calendars poll it, and nobody scrolls back for years.
FEED_PAST, FEED_AHEAD, FEED_MOST = timedelta(days=90), timedelta(days=400), 2000


def span(starts_at: datetime, ends_at: datetime, zone: str, all_day: bool) -> tuple[datetime, datetime]:
    """From when until when it is: for an all-day one the whole days there that the two instants lie in. Invalid for
    what `check_span` refuses, and whole days that are none."""
    check_span(starts_at, ends_at)
    if not all_day:
        return starts_at, ends_at
    if ends_at == starts_at:
        raise Invalid("ends_at", "before_start", "Whole days end after they start.")
    last = day_of(ends_at - timedelta(microseconds=1), zone)
    return midnight(day_of(starts_at, zone), zone), midnight(last + timedelta(days=1), zone)


def takes_time(starts_at: datetime, ends_at: datetime, show_as: str) -> bool:
    """Whether it takes the time of who attends. A moment, which ends as it starts, does not."""
    return show_as == "busy" and ends_at > starts_at


def end_of(at: datetime, starts_at: datetime, ends_at: datetime, days_of: str | None) -> datetime:
    """When one ends that begins `at` and is as long as that from `starts_at` to `ends_at`; in whole days of the zone
    `days_of`, where a change of the clock makes one shorter."""
    if days_of is None:
        return at + (ends_at - starts_at)
    return midnight(day_of(at, days_of) + (day_of(ends_at, days_of) - day_of(starts_at, days_of)), days_of)


def check_span(starts_at: datetime, ends_at: datetime) -> None:
    """An appointment lies within the years of calendars, ends no earlier than it starts, and within ten years.
    Invalid otherwise."""
    for field, at in (("starts_at", starts_at), ("ends_at", ends_at)):
        if not YEARS[0] <= at.year <= YEARS[1]:
            raise Invalid(field, "out_of_range", f"Calendars go from the year {YEARS[0]} to {YEARS[1]}.")
    if ends_at < starts_at:
        raise Invalid("ends_at", "before_start", "An appointment does not end before it starts.")
    if ends_at - starts_at > LONGEST:
        raise Invalid("ends_at", "too_long", f"An appointment takes {LONGEST.days} days at most.")


def check_range(start: datetime, end: datetime) -> None:
    """A range that is asked for. BadRequest when it is empty or wider than a quarter."""
    if not timedelta() < end - start <= WIDEST_RANGE:
        raise BadRequest("to", "bad_range", f"It must be after `from`, by {WIDEST_RANGE.days} days at most.")


def asked_range(
    start: datetime | None, end: datetime | None, on: date | None, days: int, zone: str
) -> tuple[datetime, datetime]:
    """The range that is asked for, by two instants or by `days` of a place. BadRequest for both, or half of it."""
    if on is None and start is not None and end is not None:
        return start, end
    if on is None or start is not None or end is not None:
        raise BadRequest("from", "range", "Give `from` and `to`, or the day `on`.")
    try:
        begins, ends = midnight(on, zone), midnight(on + timedelta(days=days), zone)
    except OverflowError:
        raise BadRequest("on", "out_of_range", "No calendar goes that far.") from None
    if begins.year == MINYEAR:  # what began before is looked for, too
        raise BadRequest("on", "out_of_range", "No calendar goes that far.")
    return begins, ends


def check_scheduled(state: str) -> None:
    """What is cancelled stays as it was. Conflict otherwise."""
    if state != "scheduled":
        raise Conflict("appointment_cancelled", "The appointment is cancelled.")


def check_active(state: str) -> None:
    """Only an active series is cancelled. Conflict otherwise."""
    if state != "active":
        raise Conflict(f"series_{state}", f"The series is {state} already.")


def check_repeats(series: object) -> None:
    """What is said of all that follow needs a series. Conflict otherwise."""
    if series is None:
        raise Conflict("not_recurring", "The appointment is none of a series.")


def check_attends(attendance: object) -> None:
    """Only who was asked to attend answers. Conflict otherwise."""
    if attendance is None:
        raise Conflict("not_attending", "You are not among those who attend.")


def check_start(starts_at: datetime, now: datetime) -> None:
    """A series begins now, later, or not long ago. Invalid otherwise."""
    if starts_at < now - WINDOW:
        raise Invalid("starts_at", "too_old", f"A series begins at most {WINDOW.days} days ago.")


def check_apart(spans: Iterable[tuple[datetime, datetime]], field: str) -> None:
    """One of a series ends before the next starts. Invalid otherwise."""
    if any(ends_at > after for (_, ends_at), (after, _) in pairwise(spans)):
        raise Invalid(field, "overlaps_itself", "It would not end before it comes again.")


def merged(spans: Iterable[tuple[datetime, datetime]]) -> Sequence[tuple[datetime, datetime]]:
    """The spans in order, those that overlap or touch as one."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def free(
    busy: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime
) -> Sequence[tuple[datetime, datetime]]:
    """What is left of `start` to `end`."""
    found, at = [], start
    for begin, until in merged(busy):
        if begin > at:
            found.append((at, min(begin, end)))
        at = max(at, until)
    if at < end:
        found.append((at, end))
    return found
