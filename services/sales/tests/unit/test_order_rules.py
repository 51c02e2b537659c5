"""What an order comes to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Invalid
from sales.orders import rules

QUANTITIES = st.decimals(Decimal("0.001"), Decimal("99999"), places=3)
PRICES = st.decimals(Decimal(0), Decimal("999999"), places=2)


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("3", "0.10", "0.30"),
        ("0.5", "0.01", "0.01"),
        ("1.005", "1.00", "1.01"),
        ("200.000", "240.00", "48000.00"),
    ],
)
def test_a_line_is_rounded_half_up_to_the_cent(quantity: str, price: str, amount: str) -> None:
    assert rules.line_amount(Decimal(quantity), Decimal(price), "CNY") == Decimal(amount)


@given(st.lists(st.tuples(QUANTITIES, PRICES), max_size=20))
def test_a_total_is_exactly_the_sum_of_its_lines(lines: list[tuple[Decimal, Decimal]]) -> None:
    amounts = [rules.line_amount(quantity, price, "CNY") for quantity, price in lines]
    cents = sum(int(amount * 100) for amount in amounts)
    assert rules.total(amounts, "CNY") == Decimal(cents) / 100
    for (quantity, price), amount in zip(lines, amounts, strict=True):
        assert abs(quantity * price - amount) <= Decimal("0.005")


def test_an_order_that_cannot_be_stored_is_refused() -> None:
    assert rules.total([rules.LIMIT], "CNY") == rules.LIMIT
    with pytest.raises(Invalid):
        rules.total([rules.LIMIT, Decimal("0.01")], "CNY")


def test_orders_are_called_by_year_and_number() -> None:
    assert rules.number(2026, 42) == "SO-2026-000042"
    assert rules.number(2026, 1234567) == "SO-2026-1234567"


@pytest.mark.parametrize("status", ["open", "lost"])
def test_only_a_won_deal_is_ordered_from(status: str) -> None:
    rules.check_won("won")
    with pytest.raises(Conflict):
        rules.check_won(status)
