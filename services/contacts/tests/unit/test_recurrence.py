"""Recurrence rules: which are taken, and when they come true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from chassis.errors import Invalid
from contacts.recurrence.rules import until, with_count
from contacts.recurrence.times import checked, following, last_of, occurrences

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # nine in Shanghai


def times(rule: str, start: datetime, zone: str, most: int = 3) -> list[str]:
    found = islice(occurrences(rule, start, zone, start - timedelta(days=1)), most)
    return [f"{one:%m-%d %H:%M}" for one in found]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "invalid_rule"),
        ("FREQ=WEEKLY;BYDAY=XX", "invalid_rule"),
        ("FREQ=DAILY;FREQ=DAILY", "invalid_rule"),
        ("FREQ=DAILY;BYEASTER=1", "invalid_rule"),
        ("FREQ=DAILY;BYMONTHDAY=30", "invalid_rule"),
        ("FREQ=DAILY;UNTIL=20260230", "invalid_rule"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "invalid_rule"),
        ("FREQ=MONTHLY;BYDAY=99MO", "invalid_rule"),
        ("FREQ=MINUTELY", "too_frequent"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "not_first"),
        ("FREQ=DAILY;UNTIL=20260301", "not_first"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "not_first"),
        ("FREQ=MONTHLY;BYDAY=5MO", "not_first"),
    ],
)
def test_what_is_no_rule_for_this_start_is_refused(rule: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(rule, MONDAY, "Asia/Shanghai")
    assert refused.value.errors[0].code == code


def test_rules_come_true_on_the_wall_of_their_place() -> None:
    assert checked("rrule:freq=weekly;byday=mo,we", MONDAY, "Asia/Shanghai") == "FREQ=WEEKLY;BYDAY=MO,WE"
    assert times("FREQ=WEEKLY;BYDAY=MO,WE", MONDAY, "Asia/Shanghai") == ["03-02 01:00", "03-04 01:00", "03-09 01:00"]
    assert times("FREQ=MONTHLY;BYDAY=-1FR", datetime(2026, 3, 27, 9, tzinfo=UTC), "UTC") == [
        "03-27 09:00", "04-24 09:00", "05-29 09:00",
    ]  # fmt: skip
    assert times("FREQ=DAILY;COUNT=2", MONDAY, "Asia/Shanghai") == ["03-02 01:00", "03-03 01:00"]
    # UNTIL as a date is the whole day in Shanghai; as an instant it is that instant.
    assert times("FREQ=DAILY;UNTIL=20260303", MONDAY, "Asia/Shanghai") == ["03-02 01:00", "03-03 01:00"]
    assert times("FREQ=DAILY;UNTIL=20260303T005959Z", MONDAY, "Asia/Shanghai") == ["03-02 01:00"]


def test_summer_time_moves_the_instant_and_not_the_hour() -> None:
    nine = datetime(2026, 3, 7, 14, tzinfo=UTC)
    assert times("FREQ=DAILY", nine, "America/New_York") == ["03-07 14:00", "03-08 13:00", "03-09 13:00"]
    skipped = datetime(2026, 3, 7, 7, 30, tzinfo=UTC)  # half past two, which March 8th does not have
    assert times("FREQ=DAILY", skipped, "America/New_York") == ["03-07 07:30", "03-08 07:30", "03-09 06:30"]
    twice = datetime(2026, 10, 31, 5, 30, tzinfo=UTC)  # half past one, which November 1st has twice
    assert times("FREQ=DAILY", twice, "America/New_York") == ["10-31 05:30", "11-01 05:30", "11-02 06:30"]


def test_the_next_and_the_end() -> None:
    assert following("FREQ=DAILY;COUNT=1", MONDAY, "UTC", MONDAY) is None
    leap = datetime(2096, 2, 29, tzinfo=UTC)
    assert following("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", leap, "UTC", leap) == datetime(2104, 2, 29, tzinfo=UTC)
    assert with_count("FREQ=DAILY;COUNT=9", 3) == "FREQ=DAILY;COUNT=3"
    assert with_count("FREQ=DAILY", 3) == "FREQ=DAILY"
    assert until("FREQ=DAILY;COUNT=9", last_of(MONDAY)) == "FREQ=DAILY;UNTIL=20260302T010000Z"
