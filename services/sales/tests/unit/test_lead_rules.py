"""What may become of a lead."""

from datetime import UTC, datetime

import pytest

from chassis.errors import Conflict
from sales.leads import rules


@pytest.mark.parametrize("status", rules.OPEN)
@pytest.mark.parametrize("target", ["following", "converted", "lost"])
def test_an_open_lead_may_be_followed_converted_or_lost(status: str, target: str) -> None:
    assert rules.move(status, target) == target


@pytest.mark.parametrize("target", ["dormant", "shelved"])
def test_only_a_lead_that_is_worked_on_may_rest(target: str) -> None:
    assert {rules.move(status, target) for status in rules.WORKED} == {target}
    for status in set(rules.STATUSES) - set(rules.WORKED):
        with pytest.raises(Conflict):
            rules.move(status, target)


@pytest.mark.parametrize("status", ["converted", "lost"])
def test_a_closed_lead_stays_what_it_is(status: str) -> None:
    for target in set(rules.STATUSES) - {"recycled"}:
        with pytest.raises(Conflict) as refusal:
            rules.move(status, target)
        assert refusal.value.code == (f"already_{status}" if target == status else f"lead_{status}")
    with pytest.raises(Conflict):
        rules.check_open(status)


def test_who_rests_or_is_lost_may_come_back_and_who_bought_not() -> None:
    for status in ("dormant", "shelved", "lost"):
        assert rules.move(status, "recycled") == "recycled"
    for status in ("new", "following", "recycled", "converted"):
        with pytest.raises(Conflict):
            rules.move(status, "recycled")


def test_the_qualification_is_the_mean_of_what_is_known() -> None:
    assert rules.qualification_score({}) == 0
    assert rules.qualification_score({"need": "yes", "budget": "partly", "timing": "no"}) == 37
    assert rules.qualification_score(dict.fromkeys(rules.CRITERIA, "yes")) == 100


def test_a_lead_that_is_not_worth_a_deal_yet_says_what_is_missing() -> None:
    rules.check_qualified(None, {}, 0)
    rules.check_qualified(50, {"need": "yes", "budget": "yes"}, 50)
    with pytest.raises(Conflict) as refusal:
        rules.check_qualified(25, {"need": "yes", "budget": "no"}, 50)
    assert (refusal.value.code, refusal.value.extra["missing"]) == ("not_qualified", ["authority", "timing"])


def test_silence_counts_in_whole_days_back_from_now() -> None:
    assert rules.silent_before(datetime(2026, 3, 31, 9, tzinfo=UTC), 30) == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_the_score_grows_with_what_is_known() -> None:
    nothing = dict.fromkeys(("email", "phone", "company", "message", "campaign"), False)
    assert rules.score(**nothing) == 0
    assert rules.score(**nothing | {"email": True}) == 30
    assert rules.score(**dict.fromkeys(nothing, True)) == 100
