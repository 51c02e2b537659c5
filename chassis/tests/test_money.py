"""Amounts in the units of their currency."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import money
from chassis.errors import Invalid


@pytest.mark.parametrize(
    ("currency", "rounded", "written"),
    [
        ("JPY", "1235", "1,235"), ("CNY", "1234.57", "1,234.57"), ("KWD", "1234.568", "1,234.568"),
        ("CLF", "1234.5675", "1,234.5675"), ("XAU", "1234.57", "1,234.57"), ("HRK", "1234.57", "1,234.57"),
    ],
)  # fmt: skip
def test_an_amount_has_the_decimals_of_its_currency(currency: str, rounded: str, written: str) -> None:
    amount = money.rounded(Decimal("1234.5675"), currency)
    assert (str(amount), money.written(amount, currency)) == (rounded, written)


def test_what_is_half_way_goes_up_and_large_amounts_are_exact() -> None:
    assert [str(money.rounded(Decimal(text), "JPY")) for text in ("0.5", "1.5", "-0.5", "0.49")] == [
        "1",
        "2",
        "-1",
        "0",
    ]
    assert str(money.total([Decimal("9999999999999999.99")] * 2, "EUR")) == "19999999999999999.98"
    assert [str(money.nothing(currency)) for currency in ("JPY", "EUR", "KWD")] == ["0", "0.00", "0.000"]


def test_more_decimals_than_the_currency_has_are_refused_field_by_field() -> None:
    said = {"amount": Decimal("12.50"), "tax": Decimal("2.00"), "fee": None}
    assert money.in_units(said, "EUR", "amount", "tax", "fee", "none") == {"amount": Decimal("12.50"), "tax": 2}
    assert str(money.accepted(Decimal("2.00"), "JPY", "tax")) == "2"
    with pytest.raises(Invalid) as refused:
        money.in_units(said | {"tax": Decimal("0.1")}, "JPY", "amount", "tax", at="lines.0.")
    assert [(one.field, one.code) for one in refused.value.errors] == [
        ("lines.0.amount", "decimals"), ("lines.0.tax", "decimals")
    ]  # fmt: skip


@given(st.integers(0, 10**12), st.lists(st.integers(1, 1000), min_size=1), st.sampled_from(("JPY", "CNY", "KWD")))
def test_parts_taken_one_after_the_other_come_to_the_whole(units: int, parts: list[int], currency: str) -> None:
    amount, whole, before, found = units * money.unit(currency), sum(parts), 0, []
    for part in parts:
        shares = [money.part(amount, Decimal(of), Decimal(whole), currency) for of in (before, before + part)]
        found.append(shares[1] - shares[0])
        before += part
    assert sum(found) == amount
    assert all(one >= 0 for one in found)
