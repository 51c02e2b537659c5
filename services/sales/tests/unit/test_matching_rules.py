"""Conditions on leads, deals and customers."""

import pytest

from chassis.errors import Invalid
from sales.matching.rules import check_tree, holds, plain, say, specificity


def asks(field, op, value):
    return {"field": field, "op": op, "value": value}


CN = asks("country", "in", ["CN"])
SOUTH = {"all": [CN, asks("postcode", "prefix", ["51", "52"])]}


@pytest.mark.parametrize(
    ("tree", "facts", "expected"),
    [
        (None, {}, True),
        (CN, {"country": "CN"}, True),
        (CN, {"country": None}, False),
        (SOUTH, {"country": "CN", "postcode": "518 000"}, True),
        (SOUTH, {"country": "DE", "postcode": "51800"}, False),
        ({"any": [CN, asks("industry", "in", ["Retail"])]}, {"industry": "retail"}, True),
        (asks("industry", "not_in", ["retail"]), {}, True),
        (asks("industry", "not_in", ["retail"]), {"industry": "Retail"}, False),
        (asks("postcode", "range", [["20000", "29999"]]), {"postcode": "22100"}, True),
        (asks("postcode", "range", [["20000", "29999"]]), {"postcode": "30000"}, False),
        (asks("postcode", "range", [["20", "29"]]), {"postcode": "29999"}, True),
        (asks("employees", "gte", 50), {"employees": 50}, True),
        (asks("employees", "lte", 50), {"employees": None}, False),
        (asks("score", "gte", 60), {"score": 59}, False),
        (asks("custom.segment", "in", ["a"]), {"custom": {"segment": ["b", "a"]}}, True),
    ],
)
def test_whether_conditions_hold(tree, facts, expected) -> None:
    assert holds(tree, facts) is expected


@pytest.mark.parametrize(
    ("tree", "field"),
    [
        ("CN", "when"),
        ({"field": "country"}, "when"),
        (asks("colour", "in", ["red"]), "when.field"),
        (asks("country", "gte", 1), "when.op"),
        (asks("country", "in", "CN"), "when.value"),
        (asks("country", "in", []), "when.value"),
        (asks("score", "gte", "many"), "when.value"),
        (asks("score", "gte", True), "when.value"),
        ({"all": []}, "when.all"),
        ({"all": [CN], "any": [CN]}, "when.all"),
        ({"all": [CN, asks("postcode", "range", [["3", "2"]])]}, "when.all.1.value.0"),
        (asks("postcode", "range", [["10", "20"], ["20", "30"]]), "when.value.1"),
        (asks("postcode", "range", [["1", "20"]]), "when.value.0"),
        ({"all": [{"all": [{"all": [{"all": [CN]}]}]}]}, "when.all.0.all.0.all.0.all"),
    ],
)
def test_conditions_that_make_no_sense_are_refused(tree, field) -> None:
    with pytest.raises(Invalid) as refused:
        check_tree(tree)
    assert refused.value.errors[0].field == field


def test_a_territory_asks_for_places_only() -> None:
    check_tree(SOUTH, places=True)
    with pytest.raises(Invalid):
        check_tree(asks("source", "in", ["web_form"]), places=True)


def test_the_more_is_asked_the_more_specific() -> None:
    assert specificity(None) < specificity(CN) < specificity(SOUTH)
    assert specificity({"any": [SOUTH, CN]}) == specificity(CN)
    assert specificity(asks("postcode", "prefix", ["518"])) > specificity(asks("postcode", "prefix", ["51"]))


def test_conditions_are_said_in_words() -> None:
    assert say(SOUTH) == "country is CN and postcode begins with 51 or 52"
    assert say({"any": [SOUTH, asks("employees", "gte", 50)]}).endswith(" or employees is at least 50")


def test_a_postcode_is_compared_without_its_spelling() -> None:
    assert plain("sw1a-1aa") == plain("SW1A 1AA") == "SW1A1AA"
    assert plain(None) == ""
