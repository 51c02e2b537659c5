"""Running a worker class in this process, as nameko's ServiceRunner does, without `nameko run`."""

import logging
import os
import signal

import eventlet
from nameko.runners import ServiceRunner
from sqlalchemy import text

from chassis.bus.deliveries import State
from chassis.bus.worker import Worker, topology_of
from chassis.db import Database
from chassis.events.failures import describe
from chassis.process.health import serve_health
from chassis.settings import ServiceSettings, service_settings

log = logging.getLogger(__name__)


def run(worker: type[Worker], settings: ServiceSettings | None = None) -> None:
    """Run the worker until SIGTERM or SIGINT: it stops taking, finishes what is at hand, acknowledges, closes.

    The process must be monkey-patched by eventlet before anything else is imported; `python -m chassis worker` does.
    """
    settings = settings or service_settings(worker.service)
    database, state = Database(worker.service, settings.database_url, pool_size=settings.pool_size), State()
    runner = ServiceRunner(_config(worker, settings, database, state))
    runner.add_service(worker)
    _stop_on_signal(runner, state)
    health = serve_health(
        settings.health_bind,
        ready={"broker": lambda: state.broker, "database": lambda: state.database or _answers(database)},
    )
    runner.start()
    state.started = True
    try:
        eventlet.spawn(runner.wait).wait()
    finally:
        if health:
            health.close()
        database.dispose()


def _config(worker: type[Worker], settings: ServiceSettings, database: Database, state: State) -> dict[str, object]:
    return {
        "AMQP_URI": settings.amqp_url,
        "HEARTBEAT": 30,
        "max_workers": 1,  # one delivery at a time keeps the order of the queue; more workers for more
        "database": database,
        "settings": settings,
        "state": state,
        "queue": worker.service.inbox,
        "topology": topology_of(worker, settings),
    }


def _stop_on_signal(runner: ServiceRunner, state: State) -> None:
    told: list[int] = []

    def stop(number: int, _frame: object) -> None:
        # A second stop while the first is under way hangs nameko, and a handler cannot use eventlet itself.
        if not state.started:
            os._exit(0)  # nothing was taken yet, and nameko waits for a broker without end
        if not told:
            told.append(number)
            eventlet.spawn_n(runner.stop)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _answers(database: Database) -> str | None:
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except Exception as error:
        return describe(error)
    return None
