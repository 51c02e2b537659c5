"""Working hours as people write them."""

from datetime import date

import pytest

from chassis.errors import Invalid
from chassis.hours import SpecialDay, parse_hours, parse_spans

WEEK = {"mon": [["09:00", "18:00"]]}


def test_spans_are_read_as_people_write_them():
    assert parse_spans([["09:00", "12:00"], ["13:30", "24:00"]], "hours.mon") == ((540, 720), (810, 1440))


def test_of_two_special_days_of_one_date_the_later_counts():
    holiday, worked = SpecialDay("2026-05-02", "h"), SpecialDay("2026-05-02", "w", [["09:00", "12:00"]], "w")
    assert parse_hours("UTC", WEEK, [holiday, worked]).spans(date(2026, 5, 2)) == ((540, 720),)
    assert parse_hours("UTC", WEEK, [worked, holiday]).spans(date(2026, 5, 2)) == ()


@pytest.mark.parametrize(
    ("spans", "field", "code"),
    [
        ("09:00-18:00", "h", "not_spans"),
        ([["09:00"]], "h.0", "not_a_span"),
        ([["9:00", "18:00"]], "h.0.0", "not_a_time"),
        ([["09:00", "24:01"]], "h.0.1", "not_a_time"),
        ([["18:00", "09:00"]], "h.0", "not_in_order"),
        ([["09:00", "12:00"], ["11:00", "18:00"]], "h.1", "not_in_order"),
    ],
)
def test_spans_that_make_no_sense_are_refused(spans, field, code):
    with pytest.raises(Invalid) as refusal:
        parse_spans(spans, "h")
    assert [(e.field, e.code) for e in refusal.value.errors] == [(field, code)]


@pytest.mark.parametrize(
    ("zone", "hours", "special", "field", "code"),
    [
        ("Asia/Peking", WEEK, [], "zone", "unknown_zone"),
        ("../etc/passwd", WEEK, [], "zone", "unknown_zone"),
        ("UTC", {"monday": [["09:00", "18:00"]]}, [], "hours.monday", "unknown_weekday"),
        ("UTC", {"mon": []}, [], "hours", "never_open"),
        ("UTC", WEEK, [SpecialDay("1 May", "holidays.0")], "holidays.0", "not_a_date"),
    ],
)
def test_hours_that_make_no_sense_are_refused(zone, hours, special, field, code):
    with pytest.raises(Invalid) as refusal:
        parse_hours(zone, hours, special)
    assert [(e.field, e.code) for e in refusal.value.errors] == [(field, code)]
