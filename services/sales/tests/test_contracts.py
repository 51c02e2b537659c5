"""The contracts that sales publishes hold for their own examples, and personal data stands where it may."""

from __future__ import annotations

import pytest

from chassis.events.contracts import contracts_in
from sales.base import SERVICE

CONTRACTS = contracts_in(SERVICE.root / "contracts")


@pytest.mark.parametrize(("type_", "version"), CONTRACTS.versions())
def test_every_example_keeps_its_contract(type_: str, version: int) -> None:
    examples = CONTRACTS.examples(type_, version)
    assert examples
    for example in examples:
        CONTRACTS.check(type_, version, example)
        outside = {name: value for name, value in example.items() if name != "personal"}
        for value in (example.get("personal") or {}).values():
            assert value is None or str(value) not in str(outside)
