from datetime import date
from decimal import Decimal

import pytest

from chassis.errors import Conflict, Invalid
from marketing.campaigns import rules


@pytest.mark.parametrize(("state", "target"), [("planned", "active"), ("active", "completed")])
def test_a_campaign_goes_forward(state: str, target: str) -> None:
    rules.check_step(state, target)


@pytest.mark.parametrize(
    ("state", "target", "code"),
    [
        ("active", "active", "already_active"),
        ("completed", "completed", "already_completed"),
        ("planned", "completed", "is_planned"),
        ("completed", "active", "is_completed"),
    ],
)
def test_and_no_other_way(state: str, target: str, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        rules.check_step(state, target)
    assert refused.value.code == code


def test_it_cannot_end_before_it_begins() -> None:
    rules.check_dates(date(2027, 1, 1), date(2027, 1, 1))
    rules.check_dates(None, date(2027, 1, 1))
    with pytest.raises(Invalid) as refused:
        rules.check_dates(date(2027, 1, 2), date(2027, 1, 1))
    assert refused.value.errors[0].field == "ends_on"


@pytest.mark.parametrize(
    ("revenue", "spent", "budget", "expected"),
    [
        ("300", "100", "900", "2.0000"),
        ("300", "0", "900", "-0.6667"),
        ("0", "100", "0", "-1.0000"),
        ("300", "0", "0", None),
    ],
)
def test_the_return_counts_what_was_spent_or_else_the_budget(
    revenue: str, spent: str, budget: str, expected: str | None
) -> None:
    roi = rules.roi(Decimal(revenue), Decimal(spent), Decimal(budget))
    assert roi == (None if expected is None else Decimal(expected))


def test_a_code_is_made_for_links() -> None:
    assert rules.code_of("Spring Trade-Show 2027!", "ab12cd") == "spring-trade-show-2027-ab12cd"
    assert rules.code_of("春季展会", "ab12cd") == "ab12cd"
