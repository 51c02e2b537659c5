"""Who is next for a lead from a given place."""

from collections import Counter
from uuid import UUID

import pytest

from chassis.errors import Invalid
from chassis.ids import uuid7
from sales.territories.rules import Area, check_area, next_in_turn, offer, plain

ANN, BO, CAI = sorted(uuid7() for _ in range(3))


def area(name: str, country: str | None = None, prefix: str | None = None, members: tuple[UUID, ...] = (ANN,)) -> Area:
    return Area(uuid7(), name, country, prefix, members)


def test_the_first_territory_that_holds_the_place_gets_the_lead() -> None:
    shenzhen, china, world = area("Shenzhen", "CN", "518"), area("China", "CN"), area("World")
    areas = [shenzhen, china, world]
    assert offer(areas, {ANN}, "CN", "518 000").area is shenzhen
    assert offer(areas, {ANN}, "CN", "100000").area is china
    assert offer(areas, {ANN}, "CN", None).area is china
    assert offer(areas, {ANN}, "DE", "51800").area is world
    assert offer(areas, {ANN}, None, None).area is world


def test_a_territory_without_an_active_member_is_passed_over_and_said_so() -> None:
    found = offer([area("Shenzhen", "CN", "518", (CAI,)), area("China", "CN")], {ANN, BO}, "CN", "518000")
    assert found.members == (ANN,)
    assert found.reason == "Territory China (CN), by turns (Shenzhen: no active member)."


def test_where_no_territory_holds_the_place_all_reps_take_turns() -> None:
    found = offer([area("China", "CN")], {BO, ANN}, "DE", None)
    assert (found.strategy, found.turn, found.members, found.area) == (
        "round_robin",
        "everyone",
        (ANN, BO),
        None,
    )
    left = offer([area("China", "CN", None, (CAI,))], {BO}, "CN", None)
    assert left.reason == "No active member in China; by turns among all active reps."


def test_where_nobody_takes_leads_nobody_gets_it() -> None:
    found = offer([area("China", "CN")], set(), "CN", None)
    assert (found.strategy, found.members) == ("none", ())


def test_turns_go_round_evenly_also_when_members_come_and_go() -> None:
    last, given = None, Counter()
    for _ in range(300):
        last = next_in_turn((ANN, BO, CAI), last)
        given[last] += 1
    assert given == {ANN: 100, BO: 100, CAI: 100}
    assert next_in_turn((ANN, CAI), BO) == CAI
    assert next_in_turn((ANN, BO), CAI) == ANN


def test_a_postcode_is_compared_without_its_spelling() -> None:
    assert plain("sw1a-1aa") == plain("SW1A 1AA") == "SW1A1AA"
    assert plain(None) == ""


def test_a_postcode_prefix_needs_its_country() -> None:
    check_area("CN", "518")
    check_area(None, None)
    with pytest.raises(Invalid):
        check_area(None, "518")
