"""Who of those that could take a lead gets it."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from chassis.errors import Invalid
from chassis.ids import uuid7
from sales.assignment.model import WorkCalendar
from sales.assignment.rules import Limits, Round, check_absences, check_seats, choose, next_in_turn

ANN, BO, CAI = sorted(uuid7() for _ in range(3))
SEATS = ((ANN, 1), (BO, 1), (CAI, 1))


def given(strategy, seats, times, limits=None):
    round_, limits = Round(), limits or {rep_id: Limits() for rep_id, _ in seats}
    return [choose(strategy, seats, round_, limits) for _ in range(times)]


def test_turns_go_round_evenly_also_when_members_come_and_go() -> None:
    assert Counter(given("round_robin", SEATS, 300)) == {ANN: 100, BO: 100, CAI: 100}
    assert next_in_turn((ANN, CAI), BO) == CAI
    assert next_in_turn((ANN, BO), CAI) == ANN


def test_weights_are_exact_over_each_cycle_and_spread_within_it() -> None:
    chosen = given("weighted", ((ANN, 5), (BO, 1), (CAI, 1)), 700)
    assert Counter(chosen) == {ANN: 500, BO: 100, CAI: 100}
    assert Counter(chosen[:7]) == {ANN: 5, BO: 1, CAI: 1}
    assert chosen[:7] != [ANN] * 5 + [BO, CAI]


def test_the_least_busy_is_filled_up_first_and_then_turns_count() -> None:
    limits = {ANN: Limits(open=4), BO: Limits(open=2), CAI: Limits(open=4)}
    assert given("least_busy", SEATS, 5, limits)[:2] == [BO, BO]
    assert {one.open for one in limits.values()} == {5}


def test_a_limit_is_reached_when_it_is() -> None:
    assert Limits(max_per_day=2, today=1).full() is None
    assert Limits(max_per_day=2, today=2).full() == "daily_limit"
    assert Limits(max_open=0).full() == "open_limit"


def test_who_is_away_and_why() -> None:
    hours = WorkCalendar(
        zone="Asia/Shanghai",
        hours={"mon": [["09:00", "18:00"]]},
        holidays=["2026-03-09"],
        workdays={"2026-03-08": [["09:00", "12:00"]]},
    ).as_hours()
    monday = datetime(2026, 3, 2, 9, 59, tzinfo=UTC)  # 17:59 in Shanghai
    assert Limits(opted_out=True).away(monday, within_hours=False) == "opted_out"
    assert Limits(absences=[(date(2026, 3, 1), date(2026, 3, 2))]).away(monday, within_hours=False) == "absent"
    assert Limits(hours=hours).away(monday, within_hours=True) is None
    late = monday.replace(hour=10, minute=0)
    assert Limits(hours=hours).away(late, within_hours=True) == "outside_hours"
    assert Limits(hours=hours).away(late, within_hours=False) is None
    assert not hours.at_work(datetime(2026, 3, 9, 2, tzinfo=UTC))
    assert hours.at_work(datetime(2026, 3, 8, 2, tzinfo=UTC))
    # Where it is still Sunday in UTC, and Monday there.
    assert hours.day(datetime(2026, 3, 1, 17, tzinfo=UTC)) == date(2026, 3, 2)


def test_hours_that_make_no_sense_are_refused() -> None:
    days = {"holidays": ["soon"]}, {"workdays": {"2026-03-08": [["18:00", "09:00"]]}}
    for wrong, field in zip(days, ("holidays.0", "workdays.2026-03-08.0"), strict=True):
        with pytest.raises(Invalid) as refused:
            WorkCalendar(zone="UTC", hours={"mon": [["09:00", "18:00"]]}, **wrong).as_hours()
        assert refused.value.errors[0].field == field


def test_pools_and_absences_that_make_no_sense_are_refused() -> None:
    day = date(2026, 3, 2)
    check_absences([{"from": day, "until": day}, {"from": date(2026, 3, 3), "until": date(2026, 3, 9)}])
    for absences in (
        [{"from": day, "until": date(2026, 3, 1)}],
        [{"from": day, "until": date(2026, 3, 9)}, {"from": date(2026, 3, 9), "until": date(2026, 3, 10)}],
    ):
        with pytest.raises(Invalid):
            check_absences(absences)
    for pool, members in (("members", []), ("everyone", [{"rep_id": ANN}]), ("members", [{"rep_id": ANN}] * 2)):
        with pytest.raises(Invalid):
            check_seats(pool, members)
