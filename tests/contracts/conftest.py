"""The catalogue of events, and each service's own database to hear them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from chassis.db import Database
from chassis.service import Service, find_service
from chassis.testing.databases import Cleaner, migrated_database


@pytest.fixture(scope="session")
def databases() -> Iterator[Callable[[str], tuple[Database, Cleaner]]]:
    """Gives the migrated database of a service, made when it is first asked for."""
    made: dict[str, tuple[Database, Cleaner]] = {}
    with ExitStack() as stack:

        def database(name: str) -> tuple[Database, Cleaner]:
            if name not in made:
                service: Service = find_service(name)
                found = stack.enter_context(migrated_database(service))
                made[name] = found, Cleaner(found)
            return made[name]

        yield database
