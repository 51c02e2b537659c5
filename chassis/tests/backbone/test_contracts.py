from pathlib import Path

import pytest

from chassis.events.contracts import ContractError, Contracts

FOLDER = Path(__file__).parent / "parts/shop/contracts"


@pytest.fixture
def contracts():
    return Contracts(FOLDER)


def test_the_list_is_what_lies_in_the_folder(contracts):
    types = ("thing.ignored", "thing.made", "thing.painted", "things.painted")
    assert contracts.versions() == [(type_, 1) for type_ in types]


def test_its_own_examples_pass(contracts):
    for type_, version in contracts.versions():
        for example in contracts.examples(type_, version):
            contracts.check(type_, version, example)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"thing_id": "01920f6e-0000-7000-8000-000000000000"}, "colour"),
        ({"thing_id": "7", "colour": "red"}, "thing_id"),
        ({"thing_id": "01920f6e-0000-7000-8000-000000000000", "colour": 1}, "colour"),
    ],
)
def test_the_broken_rule_is_named_and_the_value_is_not(contracts, data, named):
    with pytest.raises(ContractError, match=named) as refused:
        contracts.check("thing.made", 1, data | {"personal": {"name": "Ann"}})
    assert "Ann" not in str(refused.value)


def test_a_type_without_a_contract(contracts):
    with pytest.raises(ContractError, match=r"write .*thing\.lost\.v1\.json"):
        contracts.check("thing.lost", 1, {})
