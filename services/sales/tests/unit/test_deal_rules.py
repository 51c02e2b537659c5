"""What may become of a deal."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chassis.errors import Conflict, Invalid
from chassis.ids import uuid7
from sales.deals import rules
from sales.winloss import rules as winloss

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


def test_a_card_goes_between_two_others_while_there_is_room() -> None:
    above, below = Decimal(0), Decimal(1)
    count = 0
    while (rank := rules.rank_between(above, below)) is not None:
        assert above < rank < below
        above, count = rank, count + 1
    assert count == 40  # twelve places
    assert rules.rank_between(below, below) is None
    assert rules.rank_between(None, below) == below - rules.STEP
    assert rules.rank_between(below, None) == below + rules.STEP


def test_the_newest_card_is_on_top() -> None:
    assert rules.rank_at(NOW + timedelta(microseconds=1)) == rules.rank_at(NOW) - 1


def test_only_a_later_day_puts_a_close_off() -> None:
    day = NOW.date()
    assert rules.is_pushed(day, day + timedelta(days=1))
    assert not any(rules.is_pushed(*days) for days in ((day, day), (None, day), (day, None)))
    assert (rules.days_left(day, day + timedelta(days=3)), rules.days_left(None, day)) == (-3, None)


def test_a_reason_is_one_of_those_to_choose_from() -> None:
    price = uuid7()
    assert winloss.choose("lost", {price: "Price"}, price, None) == (price, "Price")
    assert winloss.choose("lost", {price: "Price"}, None, "PRICE") == (price, "Price")
    assert winloss.choose("lost", {}, None, "Weather") == (None, "Weather")
    assert winloss.choose("won", {price: "Price"}, None, None) == (None, None)
    for reason_id, text in ((uuid7(), None), (None, "Weather"), (None, None)):
        with pytest.raises(Invalid):
            winloss.choose("lost", {price: "Price"}, reason_id, text)
    assert (winloss.win_rate(0, 0), winloss.win_rate(1, 2)) == (None, Decimal("33.33"))
