"""What tests of a service stand on: a real, migrated database, a client with tokens, events in and out, a clock.

A service's `tests/conftest.py`:

    import pytest
    from chassis.testing.fixtures import *  # noqa: F403
    from sales.base import SERVICE

    @pytest.fixture(scope="session")
    def service():
        return SERVICE

gives it the fixtures `database`, `session`, `app`, `api`, `user`, `outbox`, `deliver`, `tick` and `clock`. The database
server is the one at `QUINTET_TEST_DATABASE_URL`, which `./quintet test` starts.
"""

from chassis.testing.answers import code_of, faults_of
from chassis.testing.migrations import check_migrations
from chassis.testing.waiting import at_once, eventually

__all__ = ["at_once", "check_migrations", "code_of", "eventually", "faults_of"]
