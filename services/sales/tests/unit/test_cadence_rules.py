"""When a lead is to be followed up."""

from datetime import UTC, datetime, timedelta

from sales.cadence.rules import plan

SINCE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_first_contact_within_three_days_second_within_a_week() -> None:
    steps = [(step.number, step.due_at - SINCE) for step in plan((3, 7), 0, SINCE)]
    assert steps == [(1, timedelta(days=3)), (2, timedelta(days=7))]


def test_what_is_done_is_not_planned_again() -> None:
    assert [step.number for step in plan((3, 7), 1, SINCE)] == [2]
    assert plan((3, 7), 2, SINCE) == plan((3, 7), 9, SINCE) == plan((), 0, SINCE) == []


def test_a_step_beyond_the_named_ones_has_a_title_too() -> None:
    assert plan((1, 2, 4), 2, SINCE)[0].title == "Contact 3 with a lead"
