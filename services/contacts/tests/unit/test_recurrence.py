"""Recurrence rules: which are taken, and when they come true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from chassis.errors import Invalid
from contacts.recurrence.rules import until, with_count
from contacts.recurrence.times import checked, ended, following, last_of, occurrences, rest

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


def often(rule: str, start: datetime = MONDAY, zone: str = "Asia/Shanghai") -> str:
    return checked(rule, start, zone, a_day=24)


def test_many_times_a_day_where_that_is_allowed() -> None:
    twice = often("FREQ=DAILY;BYHOUR=9,15;COUNT=3")
    assert times(twice, MONDAY, "Asia/Shanghai", 9) == ["03-02 01:00", "03-02 07:00", "03-03 01:00"]
    assert times(often("FREQ=HOURLY;INTERVAL=5"), MONDAY, "UTC") == ["03-02 01:00", "03-02 06:00", "03-02 11:00"]
    assert checked("FREQ=WEEKLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0", MONDAY, "Asia/Shanghai"), "as some programs write it"
    with pytest.raises(Invalid, match="Once a day at most"):
        checked(twice, MONDAY, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=HOURLY;BYMINUTE=0,30", "too_frequent"),
        ("FREQ=DAILY;BYHOUR=9,15;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12", "too_frequent"),
        ("FREQ=DAILY;BYHOUR=24", "invalid_rule"),
        ("FREQ=DAILY;BYHOUR=-1", "invalid_rule"),
        ("FREQ=DAILY;BYHOUR=10,15", "not_first"),
        ("FREQ=HOURLY;INTERVAL=2;BYHOUR=8", "not_first"),
        ("\n".join(["FREQ=DAILY"] * 11), "too_many"),
        ("FREQ=DAILY;BYHOUR=8\nFREQ=WEEKLY;BYDAY=TU", "not_first"),
        ("FREQ=DAILY\n", None),
        ("FREQ=DAILY\n\nFREQ=DAILY", "invalid_rule"),
    ],
)
def test_what_comes_too_often_or_at_no_time_is_refused(rule: str, code: str | None) -> None:
    if code is None:
        assert often(rule) == "FREQ=DAILY"
        return
    with pytest.raises(Invalid) as refused:
        often(rule)
    assert refused.value.errors[0].code == code


def test_an_hour_that_the_clock_skips_does_not_come_twice() -> None:
    midnight = datetime(2026, 3, 8, 5, tzinfo=UTC)  # of the day on which New York has no two o'clock
    assert times(often("FREQ=HOURLY;COUNT=4", midnight, "America/New_York"), midnight, "America/New_York", 9) == [
        "03-08 05:00", "03-08 06:00", "03-08 07:00", "03-08 08:00",
    ]  # fmt: skip


def test_several_rules_together() -> None:
    both = often("FREQ=WEEKLY;COUNT=3\nFREQ=MONTHLY;BYMONTHDAY=2,12;BYHOUR=15")
    came = ["03-02 01:00", "03-02 07:00", "03-09 01:00", "03-12 07:00", "03-16 01:00", "04-02 07:00"]
    assert times(both, MONDAY, "Asia/Shanghai", 6) == came
    third = datetime(2026, 3, 9, 1, tzinfo=UTC)
    left = rest(both, MONDAY, "Asia/Shanghai", third)
    assert left.startswith("FREQ=WEEKLY;COUNT=2;BYMINUTE=0")
    assert times(left, third, "Asia/Shanghai", 4) == came[2:]
    last = datetime(2026, 4, 2, 7, tzinfo=UTC)
    assert "WEEKLY" not in rest(both, MONDAY, "Asia/Shanghai", last), "it has come to its end before"
    over = ended(both, MONDAY, "Asia/Shanghai", last)
    assert times(over, MONDAY, "Asia/Shanghai", 9) == came[:5], "the COUNT of the one that is over stays"
    assert times("FREQ=DAILY\nFREQ=WEEKLY", MONDAY, "UTC") == ["03-02 01:00", "03-03 01:00", "03-04 01:00"], "once"


def test_one_that_skips_weeks_does_not_begin_in_another_week() -> None:
    both = often("FREQ=WEEKLY;INTERVAL=2\nFREQ=MONTHLY;BYMONTHDAY=2,12")
    with pytest.raises(Invalid) as refused:
        rest(both, MONDAY, "Asia/Shanghai", datetime(2026, 3, 12, 1, tzinfo=UTC))
    assert refused.value.errors[0].code == "not_supported"
    assert rest(both, MONDAY, "Asia/Shanghai", datetime(2026, 3, 16, 1, tzinfo=UTC)) == both


def test_until_the_end_of_all_calendars_is_for_good() -> None:
    for end in ("99991231", "99991231T235959Z", "22000101T000000"):
        assert checked(f"FREQ=DAILY;UNTIL={end}", MONDAY, "America/New_York") == "FREQ=DAILY"
