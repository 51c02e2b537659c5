"""Migrations: alembic, one history per service, run as a step of its own before the processes start."""

from __future__ import annotations

from typing import Any

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, pool, text

from chassis.db.references import no_reference
from chassis.service import Service
from chassis.settings import driver_url

_LOCK = 7_170_001  # held while migrating, so that two replicas that start at once take turns


def config_for(service: Service, url: str) -> Config:
    """The alembic configuration of a service; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(service.root / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = driver_url(url)
    return config


def upgrade(service: Service, url: str, revision: str = "head") -> None:
    """Bring the service's database to `revision`. Safe to run twice, and by two at once."""
    command.upgrade(config_for(service, url), revision)


def downgrade(service: Service, url: str, revision: str) -> None:
    """Take the service's database back to `revision` (`base`: to nothing)."""
    command.downgrade(config_for(service, url), revision)


def head(service: Service) -> str | None:
    """The newest revision that the service's code knows. Raises where the history has two heads."""
    return ScriptDirectory(str(service.root / "migrations")).get_current_head()


def revision_of(connection: Connection) -> str | None:
    """The revision that the database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def run_env(service: Service, metadata: MetaData) -> None:
    """The body of a service's `migrations/env.py`."""
    url = context.config.attributes["url"]
    engine = create_engine(
        url, poolclass=pool.NullPool, connect_args={"application_name": f"quintet-{service.name}-migrate"}
    )
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, **COMPARE)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


COMPARE: dict[str, Any] = {
    "compare_type": True,
    "compare_server_default": False,
    "include_object": no_reference,
    "transaction_per_migration": True,
}
