"""When a lead is to be followed up, and by which cadence."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.errors import Invalid
from sales.cadence.rules import Rhythm, StepRule, check_steps, choose, default_steps, due_after, plan

SINCE = datetime(2026, 3, 2, 9, tzinfo=UTC)
DEFAULT = Rhythm(None, "Default", default_steps((3, 7)))


def test_first_contact_within_three_days_second_within_a_week() -> None:
    steps = [(step.number, step.due_at - SINCE) for step in plan(DEFAULT, 0, SINCE)]
    assert steps == [(1, timedelta(days=3)), (2, timedelta(days=7))]


def test_what_is_done_is_not_planned_again() -> None:
    assert [step.number for step in plan(DEFAULT, 1, SINCE)] == [2]
    assert plan(DEFAULT, 2, SINCE) == plan(DEFAULT, 9, SINCE) == []


def test_titles_come_in_the_language_that_there_is() -> None:
    third = plan(Rhythm(None, "Default", default_steps((1, 2, 4))), 2, SINCE)[0]
    assert (third.title("en"), third.title("zh")) == ("Contact 3 with a lead", "第3次联系线索")
    (only,) = plan(Rhythm(None, "X", (StepRule(1, {"zh": "致电"}),)), 0, SINCE)
    assert only.title("en") == "致电"


def test_the_first_that_is_for_grade_and_source_is_chosen() -> None:
    key = Rhythm(uuid4(), "Key", (), frozenset({"A"}), frozenset({"fair"}))
    rest = Rhythm(uuid4(), "Rest", (), frozenset({"none", "C"}))
    assert choose([key, rest], DEFAULT, "A", "fair") == (key, "Key is for grade A and source fair")
    chosen, why = choose([key, rest], DEFAULT, None, "web")
    assert (chosen, why) == (
        rest,
        "Key is not for grade none and source web; Rest is for grade C, none and every source",
    )
    chosen, why = choose([key, rest], DEFAULT, "B", "fair")
    assert (chosen, why) == (DEFAULT, "Key is not for grade B; Rest is not for grade B; the default holds")


@pytest.mark.parametrize(("days", "due"), [(0, 6), (1, 9), (2, 10), (6, 16)])
def test_saturdays_and_sundays_are_no_working_days(days: int, due: int) -> None:
    friday = datetime(2026, 3, 6, 9, tzinfo=UTC)
    assert due_after(friday, days, working=True) == datetime(2026, 3, due, 9, tzinfo=UTC)
    assert due_after(datetime(2026, 3, 7, 9, tzinfo=UTC), 0, working=True) == datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_steps_rise_and_have_titles() -> None:
    check_steps([{"days": 0, "titles": {"en": "a"}}, {"days": 1, "titles": {"zh": "b"}}])
    for second in ({"days": 0, "titles": {"en": "b"}}, {"days": 1, "titles": {}}):
        with pytest.raises(Invalid):
            check_steps([{"days": 0, "titles": {"en": "a"}}, second])
