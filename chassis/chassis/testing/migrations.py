"""The test that every service runs over its migrations."""

from __future__ import annotations

import os
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from chassis.db.migrate import downgrade, head, revision_of, upgrade
from chassis.db.references import missing_triggers, no_reference
from chassis.service import Service
from chassis.settings import driver_url
from chassis.testing.databases import empty_database


def check_migrations(service: Service, base: Any) -> None:
    """One head; up, down to nothing and up again on an empty database; and no difference to the models."""
    newest = head(service)
    with empty_database(f"migrate_{service.package}_{os.getpid()}") as url:
        upgrade(service, url)
        downgrade(service, url, "base")
        upgrade(service, url)
        engine = create_engine(driver_url(url))
        with engine.connect() as connection:
            assert revision_of(connection) == newest
            opts = {"compare_type": True, "include_object": no_reference}
            drift = compare_metadata(MigrationContext.configure(connection, opts=opts), base.metadata)
            drift += missing_triggers(connection, base.metadata)
        engine.dispose()
    assert drift == [], f"the migrations of {service.name} differ from its models"
