"""The gap ledger, storable data, periods and rates."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.dashboards.rules import Span, average_score, months_back, return_on, share, spans
from reporting.log.rules import Hole, Ledger, storable

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_positions_in_order_leave_no_hole() -> None:
    ledger = Ledger()
    for position in (1, 2, 3):
        ledger.arrived(position, NOW)
    assert ledger == Ledger(3, [])


def test_a_late_arrival_splits_and_then_closes_a_hole() -> None:
    ledger = Ledger()
    ledger.arrived(1, NOW)
    ledger.arrived(6, NOW)
    assert ledger.holes == [Hole(2, 5, NOW)]
    ledger.arrived(3, NOW + timedelta(1))
    assert ledger.holes == [Hole(2, 2, NOW), Hole(4, 5, NOW)]
    for position in (2, 5, 4, 4):
        ledger.arrived(position, NOW)
    assert ledger == Ledger(6, [])


@given(st.permutations(range(1, 13)), st.integers(0, 12))
def test_what_has_not_come_is_exactly_what_is_missing(order: list[int], kept: int) -> None:
    ledger = Ledger()
    for position in order[:kept]:
        ledger.arrived(position, NOW)
    missing = {p for hole in ledger.holes for p in range(hole.first, hole.last + 1)}
    assert missing == set(range(1, ledger.highest + 1)) - set(order[:kept])
    assert all(a.last + 1 < b.first for a, b in zip(ledger.holes, ledger.holes[1:], strict=False))


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("a\x00b", "a\ufffdb"),
        ("\ud800x", "\ufffdx"),
        ("李娜😀", "李娜😀"),
        (float("nan"), None),
        (float("inf"), None),
        (2**63, str(2**63)),
        ({"k\x00": [1, 2.5, True, None]}, {"k\ufffd": [1, 2.5, True, None]}),
    ],
)
def test_storable(value: Any, stored: Any) -> None:
    assert storable(value) == stored


def test_a_period_is_whole_months_and_the_days_around_them() -> None:
    assert spans(date(2026, 1, 1), date(2026, 3, 31)) == [Span("month", date(2026, 1, 1), date(2026, 3, 1))]
    assert spans(date(2026, 1, 15), date(2026, 3, 2)) == [
        Span("month", date(2026, 2, 1), date(2026, 2, 1)),
        Span("day", date(2026, 1, 15), date(2026, 1, 31)),
        Span("day", date(2026, 3, 1), date(2026, 3, 2)),
    ]
    assert spans(date(2026, 1, 15), date(2026, 2, 2)) == [Span("day", date(2026, 1, 15), date(2026, 2, 2))]
    assert spans(date(2026, 5, 5), date(2026, 5, 5)) == [Span("day", date(2026, 5, 5), date(2026, 5, 5))]


@given(st.dates(date(2020, 1, 1), date(2027, 12, 31)), st.integers(0, 1500))
def test_spans_cover_each_day_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    covered: list[date] = []
    for grain, begin, end in spans(first, last):
        if grain == "month":
            end = (end.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        else:
            assert (end - begin).days < 62
        covered += [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    assert sorted(covered) == [first + timedelta(days=n) for n in range(length + 1)]


def test_rates() -> None:
    assert share(1, 3) == 0.3333
    assert share(0, 0) is None
    assert average_score({"5": 2, "2": 1}) == 4.0
    assert average_score({}) is None
    assert return_on(Decimal(1000), Decimal(1500)) == 0.5
    assert return_on(Decimal(0), Decimal(5)) is None
    assert months_back(date(2026, 3, 31), 23) == date(2024, 4, 1)
