"""Every table that leads to a person, and every column that may name one, is declared in its service's `holdings.py`:
what is not, no erasure would reach and no export show."""

from __future__ import annotations

import pytest

from chassis.service import find_service
from chassis.testing.holdings import undeclared

SERVICES = ("contacts", "sales", "service-desk", "marketing", "reporting")


@pytest.mark.parametrize("name", SERVICES)
def test_all_that_is_held_of_a_person_is_declared(name: str) -> None:
    service = find_service(name)
    for module in ("app", "worker"):
        service.part(module, "SERVICE")  # their import brings all tables in
    metadata = service.part("base", "Base").metadata
    assert undeclared(metadata, service.part("holdings", "HOLDINGS")) == [], f"see {service.package}/holdings.py"
