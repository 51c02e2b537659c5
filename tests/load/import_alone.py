"""An import with contacts and PostgreSQL alone: a server and a database of its own, the job in this process, and nobody
who hears of it. Beside the import over the platform it tells what the job takes from what all the others do."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import table
from sqlalchemy import select

import contacts.app
from chassis.actor import Actor
from chassis.context import Context, running
from chassis.db import Database
from chassis.db.migrate import upgrade
from chassis.jobs import Job
from chassis.jobs.runner import JobRunner
from chassis.process.stop import StopSignal
from contacts.base import SERVICE
from contacts.imports import actions
from launcher.postgres import EmbeddedPostgres

_WHO = Actor(id=uuid4(), kind="user", scopes=frozenset({"contacts:read", "contacts:write"}), reach="all")


def import_alone(content: bytes, rows: int) -> table.Line:
    """Rows per second of the job, and the microseconds of processor time that a row takes in Python and PostgreSQL."""
    assert contacts.app  # the job is known once the features are
    with tempfile.TemporaryDirectory(prefix="quintet-alone-") as folder:
        Path(folder).chmod(0o711)
        server = EmbeddedPostgres(Path(folder) / "postgres")
        server.start()
        try:
            url = server.url()
            upgrade(SERVICE, url)
            database = Database(SERVICE, url, pool_size=4, statement_timeout="0")
            try:
                return _measured(server, database, content, rows)
            finally:
                database.dispose()
        finally:
            server.stop()


def _measured(server: EmbeddedPostgres, database: Database, content: bytes, rows: int) -> table.Line:
    with running(Context(actor=_WHO)), database.transaction() as session:
        said = {"mode": "upsert", "dry_run": False, "source": "import"}
        job_id = actions.start(session, io.BytesIO(content), tags="", mapping={}, **said).id
    with psycopg.connect(server.url(), autocommit=True) as connection:
        began, python, postgres = time.perf_counter(), time.process_time(), _processor_time(server)
        JobRunner(database, StopSignal()).run_one(connection)
        seconds, python, postgres = (
            time.perf_counter() - began, time.process_time() - python, _processor_time(server) - postgres,
        )  # fmt: skip
    with database.reading() as session:
        status = session.scalar(select(Job.status).where(Job.id == job_id))
    if status != "done":
        raise SystemExit(f"the import ended as {status}")
    took = f"  Python {1e6 * python / rows:,.0f} us, PostgreSQL {1e6 * postgres / rows:,.0f} us a row"
    return table.Line("import people", f"job alone, {rows:,}", per_second=rows / seconds, note=took)


def _processor_time(server: EmbeddedPostgres) -> float:
    """Seconds that the server's processes have computed so far."""
    assert server.process is not None
    times = [process.cpu_times() for process in psutil.Process(server.process.pid).children()]
    return float(sum(one.user + one.system for one in times))
