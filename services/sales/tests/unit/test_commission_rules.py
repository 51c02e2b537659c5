"""How commission is worked out."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis import money
from chassis.errors import Conflict, Invalid
from sales.commissions import rules
from sales.commissions.rules import Part, Terms

CURRENCIES = st.sampled_from(("JPY", "CNY", "KWD"))  # no decimals, two, three
AMOUNTS = st.integers(1, 99_999_999).map(lambda cents: Decimal(cents) / 100)
UNHURRIED = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)  # the machine may be busy
TIERS = [(Decimal(0), Decimal(5)), (Decimal(1000), Decimal(10))]


def _due(terms: Terms, *amounts: str, target: str | None = None) -> str:
    parts = [Part(Decimal(amount)) for amount in amounts]
    return str(rules.due(terms, parts, Decimal(target) if target else None, "CNY"))


@pytest.mark.parametrize(
    ("terms", "amounts", "target", "due"),
    [
        (Terms("marginal", TIERS), ("1000.00",), None, "50.00"),
        (Terms("marginal", TIERS), ("600.00", "900.00"), None, "100.00"),
        (Terms("cliff", TIERS), ("999.99",), None, "50.00"),
        (Terms("cliff", TIERS), ("600.00", "900.00"), None, "150.00"),
        (Terms("marginal", TIERS, accelerator=Decimal(2)), ("800.00",), "400.00", "60.00"),
        (Terms("marginal", TIERS, accelerator=Decimal(2)), ("800.00",), "900.00", "40.00"),
        (Terms("marginal", TIERS, cap=Decimal("70.00")), ("1500.00",), None, "70.00"),
        (Terms("marginal", TIERS, floor=Decimal("70.00")), ("10.00",), None, "70.00"),
        (Terms("marginal", TIERS, floor=Decimal("70.00")), (), None, "0.00"),
        (Terms("marginal", TIERS), ("0.10",), None, "0.01"),
    ],
)
def test_what_a_period_brings(terms: Terms, amounts: tuple[str, ...], target: str | None, due: str) -> None:
    assert _due(terms, *amounts, target=target) == due


def test_products_have_rates_of_their_own_and_still_climb_the_tiers() -> None:
    terms = Terms("cliff", TIERS, rates={"lamps": Decimal(20)})
    parts = [Part(Decimal("500.00"), {"lamps": Decimal("400.00")}), Part(Decimal("500.00"), {"other": Decimal("9.00")})]
    assert rules.due(terms, parts, None, "CNY") == Decimal("140.00")  # 400 at 20 %, 600 at 10 %


@UNHURRIED
@given(
    st.sampled_from(rules.MODES), st.lists(AMOUNTS, min_size=1, max_size=12), st.none() | AMOUNTS,
    st.none() | AMOUNTS, st.randoms(),
)  # fmt: skip
def test_increments_and_reversals_come_to_what_a_recompute_says(mode, amounts, target, cap, random) -> None:
    terms = Terms(mode, TIERS, accelerator=Decimal("1.5"), cap=cap)
    booked, counted = Decimal("0.00"), []
    for amount in amounts:
        counted.append(Part(amount))
        booked += rules.due(terms, counted, target, "CNY") - booked
    random.shuffle(counted)
    assert booked == rules.due(terms, counted, target, "CNY")
    while counted:
        counted.pop()
        booked += rules.due(terms, counted, target, "CNY") - booked
    assert booked == 0


@UNHURRIED
@given(st.integers(0, 10**15), st.lists(st.integers(1, 10000), min_size=1, max_size=8), CURRENCIES)
def test_shares_come_to_the_amount_to_the_unit(units: int, weights: list[int], currency: str) -> None:
    unit = money.unit(currency)
    amount = units * unit
    cuts = sorted({weight % 10000 for weight in weights} - {0})
    edges = [0, *cuts, 10000]
    percents = [Decimal(high - low) / 100 for low, high in pairwise(edges)]
    shares = rules.split(amount, percents, currency)
    assert sum(shares) == amount
    for share, percent in zip(shares, percents, strict=True):
        assert abs(share - amount * percent / 100) < unit
        assert share == money.rounded(share, currency)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"tiers": [{"above": Decimal(1)}]}, "tiers.0.above"),
        ({"tiers": [{"above": Decimal(0)}, {"above": Decimal(0)}]}, "tiers.1.above"),
        ({"product_rates": [{"category_id": 1}, {"category_id": 1}]}, "product_rates.1.category_id"),
        ({"floor": Decimal(2), "cap": Decimal(1)}, "floor"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(data, path) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_terms({"tiers": [{"above": Decimal(0)}], "product_rates": []} | data)
    assert refused.value.errors[0].field == path


def test_a_statement_goes_one_step_at_a_time() -> None:
    assert rules.check_step("draft", "approved")
    assert not rules.check_step("approved", "approved")
    for status, wanted in (("draft", "paid"), ("paid", "approved")):
        with pytest.raises(Conflict):
            rules.check_step(status, wanted)


@pytest.mark.parametrize(("currency", "due"), [("JPY", "62"), ("CNY", "61.73"), ("KWD", "61.728")])
def test_what_is_due_is_in_whole_units_of_the_base_currency(currency: str, due: str) -> None:
    terms = rules.Terms("marginal", [(Decimal(0), Decimal(5))])
    assert str(rules.due(terms, [Part(Decimal("1234.567"))], None, currency)) == due
    assert rules.due(terms, [], None, currency) == 0
