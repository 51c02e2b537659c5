"""What may become of a deal."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.errors import Conflict, Invalid
from chassis.ids import uuid7
from sales.deals import rules

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("status", ["won", "lost"])
def test_a_closed_deal_is_refused_by_name(status: str) -> None:
    with pytest.raises(Conflict) as refusal:
        rules.check_open(status)
    assert refusal.value.code == f"already_{status}"
    rules.check_closed(status)


def test_an_open_deal_is_open() -> None:
    rules.check_open("open")
    with pytest.raises(Conflict):
        rules.check_closed("open")


def test_a_deal_stands_in_open_stages_of_its_own_pipeline_only() -> None:
    mine, other = uuid7(), uuid7()
    rules.check_stage(mine, mine, "open")
    for pipeline, kind, code in ((other, "open", "other_pipeline"), (mine, "won", "closed_stage")):
        with pytest.raises(Invalid) as refusal:
            rules.check_stage(mine, pipeline, kind)
        assert [(error.field, error.code) for error in refusal.value.errors] == [("stage_id", code)]


def test_time_in_a_stage_ends_when_it_is_left() -> None:
    later = NOW + timedelta(minutes=2)
    assert rules.seconds_in_stage(NOW, None, later) == 120
    assert rules.seconds_in_stage(NOW, NOW + timedelta(seconds=5), later) == 5
