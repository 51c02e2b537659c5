"""Business time against the simplest thing that could be right: asking the wall clock, minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Invalid
from chassis.hours import Hours
from service_desk.sla.rules import between, due

NINE_TO_SIX = ((540, 1080),)
OFFICE = (NINE_TO_SIX,) * 5 + ((), ())
SHANGHAI = Hours(ZoneInfo("Asia/Shanghai"), OFFICE, {date(2026, 10, 1): (), date(2026, 10, 10): NINE_TO_SIX})
BERLIN_ALWAYS = Hours(ZoneInfo("Europe/Berlin"), (((0, 1440),),) * 7)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

# St John's used to change its clocks at 00:01, so that a date came back; Lord Howe changes by half an hour.
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "UTC",
)
CHANGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2010, 11, 7, 2, 31, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 1, tzinfo=UTC),
)


def is_open(hours: Hours, instant: datetime) -> bool:
    wall = instant.astimezone(hours.zone)
    minute = wall.hour * 60 + wall.minute
    return any(opens <= minute < closes for opens, closes in hours.spans(wall.date()))


def count(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """Open minutes, counted one by one."""
    minutes = int((end - start) / MINUTE)
    return sum((MINUTE for i in range(minutes) if is_open(hours, start + i * MINUTE)), timedelta())


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.lists(st.integers(0, 1440), max_size=6, unique=True)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """A calendar, and an instant within two days of a change of clocks or a holiday."""
    start = draw(st.sampled_from(CHANGES)) + MINUTE * draw(st.integers(-2880, 2880))
    week = tuple(draw(st.lists(spans(), min_size=7, max_size=7)))
    near = st.integers(-3, 3).map(lambda n: (start + timedelta(days=n)).date())
    special = draw(st.dictionaries(near, st.one_of(st.just(()), spans()), max_size=2))
    return Hours(ZoneInfo(draw(st.sampled_from(ZONES))), week, special), start


@given(cases(), st.integers(0, 5000))
@settings(max_examples=150, deadline=None)
def test_between_counts_what_the_wall_clock_shows(case, minutes):
    calendar, start = case
    end = start + minutes * MINUTE
    assert between(calendar, start, end) == count(calendar, start, end)
    assert between(calendar, end, start) == -count(calendar, start, end)


@given(cases(), st.integers(1, 600))
@settings(max_examples=150, deadline=None)
def test_due_is_the_first_instant_with_that_much_behind_it(case, minutes):
    calendar, start = case
    if not any(calendar.week):
        return
    amount = minutes * MINUTE
    instant = due(calendar, start, amount)
    assert between(calendar, start, instant) == amount
    assert between(calendar, start, instant - MINUTE) == amount - MINUTE  # the minute before it was an open one
    assert is_open(calendar, instant - MINUTE)


@given(cases(), st.integers(1, 600), st.integers(0, 600))
@settings(max_examples=100, deadline=None)
def test_waiting_part_of_the_time_changes_nothing(case, minutes, later):
    """What is left at any instant on the way leads to the same due instant: pausing for no time costs nothing."""
    calendar, start = case
    if not any(calendar.week):
        return
    instant = due(calendar, start, minutes * MINUTE)
    on_the_way = min(start + later * MINUTE, instant)
    left = between(calendar, on_the_way, instant)
    assert left == timedelta() or due(calendar, on_the_way, left) == instant


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-09-25T09:00", 8, "2026-09-25T17:00"),
        ("2026-09-25T09:00", 9, "2026-09-25T18:00"),  # to the last minute of Friday, not the first of Monday
        ("2026-09-25T17:00", 2, "2026-09-28T10:00"),  # over the weekend
        ("2026-09-26T12:00", 1, "2026-09-28T10:00"),  # asked on a Saturday
        ("2026-09-30T17:00", 2, "2026-10-02T10:00"),  # 1 October is a holiday
        ("2026-10-09T17:00", 2, "2026-10-10T10:00"),  # Saturday the 10th is worked instead
    ],
)
def test_office_hours_in_shanghai(start, hours, expected):
    zone = ZoneInfo("Asia/Shanghai")
    begun = datetime.fromisoformat(start).replace(tzinfo=zone)
    assert due(SHANGHAI, begun, hours * HOUR) == datetime.fromisoformat(expected).replace(tzinfo=zone)


@pytest.mark.parametrize(("day", "hours"), [(29, 23), (28, 24)])
def test_the_day_the_clocks_go_forward_is_an_hour_shorter(day, hours):
    midnight = datetime(2026, 3, day, tzinfo=ZoneInfo("Europe/Berlin"))
    next_midnight = datetime(2026, 3, day + 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert between(BERLIN_ALWAYS, midnight, next_midnight) == hours * HOUR


def test_seconds_are_kept():
    start = datetime(2026, 9, 25, 1, 0, 0, 250_000, tzinfo=UTC)
    assert due(SHANGHAI, start, HOUR) == start + HOUR
    assert between(SHANGHAI, start, start + timedelta(seconds=1.5)) == timedelta(seconds=1.5)


def test_a_calendar_that_never_opens_is_refused():
    closed = Hours(ZoneInfo("Asia/Shanghai"), ((),) * 7, {date(2026, 9, 28): NINE_TO_SIX})
    with pytest.raises(Invalid) as refusal:
        due(closed, datetime(2026, 9, 25, tzinfo=UTC), 10 * HOUR)
    assert refusal.value.errors[0].code == "never_open"
