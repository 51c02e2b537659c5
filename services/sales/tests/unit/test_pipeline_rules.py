"""What makes a pipeline sound."""

import pytest

from chassis.errors import Invalid
from sales.pipelines.rules import Plan, check_stages

OPEN, WON, LOST = Plan("Talk", "open", 20), Plan("Won", "won", None), Plan("Lost", "lost", None)


def broken(*stages: Plan) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        check_stages(stages)
    return [(error.field, error.code) for error in refusal.value.errors]


def test_the_probability_of_a_closed_stage_is_settled() -> None:
    assert check_stages([OPEN, WON, LOST]) == [20, 100, 0]
    assert check_stages([Plan("Talk", "open", None), Plan("Won", "won", 100), LOST]) == [0, 100, 0]
    assert broken(OPEN, Plan("Won", "won", 90), LOST) == [("stages.1.probability", "fixed")]


def test_a_pipeline_has_open_stages_and_one_way_to_win_and_lose() -> None:
    assert broken(WON, LOST) == [("stages", "no_open_stage")]
    assert broken(OPEN, LOST) == [("stages", "one_won_stage")]
    assert broken(OPEN, WON, LOST, Plan("Gone", "lost", None)) == [("stages", "one_lost_stage")]


def test_every_stage_at_fault_is_named() -> None:
    again = Plan("talk", "open", 30)
    assert broken(OPEN, again, WON) == [("stages.1.name", "duplicate"), ("stages", "one_lost_stage")]
