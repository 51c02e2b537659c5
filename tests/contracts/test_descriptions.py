"""What an OpenAPI document calls a schema says which it is: no name is told from another by a number."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest

from chassis.db import Database
from chassis.http.openapi import describe
from chassis.service import find_service
from chassis.testing.databases import Cleaner


@pytest.mark.parametrize("name", ["contacts", "sales", "service-desk", "marketing", "reporting"])
def test_every_schema_has_a_name_of_its_own(name: str, databases: Callable[[str], tuple[Database, Cleaner]]) -> None:
    service = find_service(name)
    app = service.part("app", "create_app")(databases(name)[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # apispec warns when it counts on from a name that is taken
        described = describe(service, app.extensions["quintet"]["routes"])
    assert described["components"]["schemas"].keys() >= {"Problem"}
