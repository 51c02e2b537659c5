"""The process `python -m chassis jobs <service>`."""

from __future__ import annotations

import sys

from chassis.custom.job import register
from chassis.db.database import Database
from chassis.jobs.runner import JobRunner
from chassis.process.health import serve_health
from chassis.process.stop import StopSignal
from chassis.service import Service
from chassis.settings import service_settings

# Seconds. Nobody waits for an answer of this process; where the thread that reads rows and the two that write them take
# turns ten times as often, that costs an import a tenth of its processor time.
_THREADS_TAKE_TURNS = 0.05


def run(service: Service) -> None:
    """Do the service's jobs until SIGTERM or SIGINT. A job under way goes on in the next process, where it left off."""
    know_jobs(service)
    sys.setswitchinterval(_THREADS_TAKE_TURNS)
    settings = service_settings(service)
    # Two steps of a job, the file that it reads, whoever asks whether it is well.
    database = Database(service, settings.database_url, pool_size=4, statement_timeout="0")
    health = serve_health(settings.health_bind, ready={"database": lambda: _problem(database)})
    JobRunner(database, StopSignal.installed()).run_forever()
    if health:
        health.close()


def know_jobs(service: Service) -> None:
    """Register the service's jobs: its features do so when they are imported, custom fields once they are known."""
    service.part("app", "create_app")
    register(service)


def _problem(database: Database) -> str | None:
    try:
        with database.engine.connect():
            return None
    except Exception as error:
        return type(error).__name__
