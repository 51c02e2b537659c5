"""Which territory a customer belongs to, and why."""

from datetime import date
from uuid import UUID

import pytest

from chassis.errors import Conflict, Invalid
from chassis.ids import uuid7
from sales.territories.rules import Area, Place, check_countries, check_parent, in_force, matching, why


def area(name: str, country: str | None = None, prefix: str | None = None, **more) -> Area:
    return Area(uuid7(), name, country, prefix, **more)


def names(areas, country, postcode=None, **facts) -> list[str]:
    return [one.name for one in matching(areas, {"country": country, "postcode": postcode} | facts)]


def test_the_most_specific_territory_wins_whatever_its_position() -> None:
    areas = [area("World", position=1), area("China", "CN", position=2), area("Shenzhen", "CN", "518", position=3)]
    assert names(areas, "CN", "518 000") == ["Shenzhen", "China", "World"]
    assert names(areas, "CN", "100000") == ["China", "World"]
    assert names(areas, "CN") == ["China", "World"]
    assert names(areas, "DE", "51800") == ["World"]
    assert names(areas, None) == ["World"]


def test_priority_goes_before_and_position_decides_the_rest() -> None:
    retail = {"field": "industry", "op": "in", "value": ["retail"]}
    key = area("Key accounts", when=retail, priority=5)
    areas = [area("B", "CN", position=2), area("A", "CN", position=1), key]
    assert names(areas, "CN", industry="retail") == ["Key accounts", "A", "B"]
    assert why(matching(areas, {"country": "CN", "industry": "retail"})).endswith(
        "its priority 5 is above that of A, B."
    )
    assert why(matching(areas, {"country": "CN"})) == "Territory A (CN): it comes before B."
    assert why([]) == "No territory holds it."


def test_who_stands_below_is_held_by_what_stands_above_too() -> None:
    china = area("China", "CN")
    small = area("Small", when={"field": "employees", "op": "lte", "value": 50}, parent_id=china.id, depth=1)
    orphan = area("Orphan", parent_id=uuid7(), depth=1)
    assert names([small, china, orphan], "CN", employees=10) == ["Small", "China"]
    assert names([small, china, orphan], "DE", employees=10) == []


def test_no_territory_stands_below_itself() -> None:
    a, b, c = (uuid7() for _ in range(3))
    tree: dict[UUID, UUID | None] = {a: None, b: a, c: b}
    check_parent(c, a, tree)
    for parent in (a, b, c):
        with pytest.raises(Conflict, match="cycle"):
            check_parent(a, parent, tree)
    with pytest.raises(Invalid):
        check_parent(a, uuid7(), tree)


def test_a_territory_counts_from_its_first_day_to_its_last() -> None:
    first, last = date(2026, 3, 2), date(2026, 3, 5)
    assert [in_force(first, last, date(2026, 3, day)) for day in (1, 2, 5, 6)] == [False, True, True, False]
    assert in_force(None, None, first)


def test_a_postcode_prefix_needs_its_country() -> None:
    top, middle, below = uuid7(), uuid7(), uuid7()
    check_countries({top: Place(country="CN", postcode_prefix="518"), middle: Place()})
    tree = {middle: Place(parent_id=top), below: Place(parent_id=middle, postcode_prefix="518")}
    check_countries({top: Place(country="CN")} | tree)
    for bad in ({top: Place()} | tree, {below: Place(postcode_prefix="518")}):
        with pytest.raises(Invalid):
            check_countries(bad)
