"""What the orders of a won deal leave of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sales.credit_notes.rules import Ordered, credited
from sales.orders.rules import credit_status

_ALIVE, _CANCELLED = False, True


@pytest.mark.parametrize(
    ("amount", "orders", "less"),
    [
        ("1000", [], "0"),
        ("1000", [("1000", "0", _ALIVE)], "0"),
        ("1000", [("1000", "300", _ALIVE)], "300"),
        ("1000", [("1000", "1000", _ALIVE)], "1000"),
        ("1000", [("600", "600", _ALIVE)], "600"),
        ("1000", [("600", "0", _CANCELLED)], "1000"),  # nothing of what was won is ordered any more
        ("1000", [("600", "0", _CANCELLED), ("600", "0", _ALIVE)], "400"),
        ("1000", [("1000", "100", _CANCELLED), ("1000", "0", _ALIVE)], "0"),  # ordered anew instead
        ("1000", [("1000", "0", _ALIVE), ("500", "500", _ALIVE)], "0"),  # what was ordered besides never counted
        ("1000", [("1000", "0", _ALIVE), ("500", "700", _ALIVE)], "200"),
        ("1000", [("1000", "0", _CANCELLED), ("500", "0", _CANCELLED)], "1000"),
        ("0", [("100", "50", _ALIVE)], "0"),
    ],
)
def test_what_of_a_deal_counts_no_more(amount: str, orders: list[tuple[str, str, bool]], less: str) -> None:
    told = [Ordered(Decimal(net), Decimal(noted), cancelled) for net, noted, cancelled in orders]
    assert credited(Decimal(amount), told) == Decimal(less)


def test_an_order_is_credited_by_nothing_a_part_or_whole() -> None:
    found = [credit_status(Decimal(total), Decimal(less)) for total, less in (("9", "0"), ("9", "1"), ("9", "9"))]
    assert [*found, credit_status(Decimal(0), Decimal(0))] == ["none", "part", "full", "none"]
