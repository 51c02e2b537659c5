"""The `jobs` process of a service: takes waiting jobs one at a time, and those whose process has died."""

from __future__ import annotations

import logging
import random
import select as selecting
import time
import zlib
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import psycopg
from sqlalchemy import or_, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from chassis import clock
from chassis.actor import SYSTEM
from chassis.context import Context, running
from chassis.db.database import Database
from chassis.jobs.model import Job
from chassis.jobs.run import JobCancelled, JobRun, registry
from chassis.jobs.start import CHANNEL
from chassis.process.stop import StopSignal
from chassis.trace import trace_id

log = logging.getLogger("chassis.jobs")
MAX_ATTEMPTS = 5
_NAMESPACE = 7_170_003
_SWEEP = 1.0  # seconds; the fallback for a NOTIFY that was missed


class JobRunner:
    """Runs the jobs of one service until it is told to stop.

    Each job is held by an advisory lock on a connection of its own: when the process dies the lock goes with it, and
    the job, still marked as running, is free for the next runner.
    """

    def __init__(self, database: Database, stop: StopSignal) -> None:
        self._database = database
        self._stop = stop
        self._dsn = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def run_forever(self) -> None:
        """Work until stopped; a lost database is waited for."""
        pause = 0.5
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True, application_name="quintet-jobs") as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    pause = 0.5
                    while not self._stop.is_set():
                        if not self.run_one(connection):
                            self._wait(connection)
            except (psycopg.OperationalError, DBAPIError) as error:
                log.warning("database lost, waiting", extra={"error": type(error).__name__})
                self._stop.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
                pause = min(pause * 2, 15)

    def run_one(self, connection: psycopg.Connection) -> bool:
        """Do one job if there is one; whether there was."""
        for job_id in self._candidates():
            lock = (_NAMESPACE, zlib.crc32(job_id.bytes) - 2**31)
            taken = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", lock).fetchone()
            if not taken or not taken[0]:
                continue
            try:
                self._do(job_id)
            finally:
                with suppress(psycopg.Error):
                    connection.execute("SELECT pg_advisory_unlock(%s, %s)", lock)
            return True
        return False

    def _candidates(self) -> list[UUID]:
        """Jobs that wait, and those marked as running, whose holder may have died; oldest first."""
        due = or_(Job.not_before.is_(None), Job.not_before <= clock.now())
        wanted = Job.status.in_(("waiting", "running", "cancelling")) & due & Job.kind.in_(registry)
        with self._database.reading() as session:
            return list(session.scalars(select(Job.id).where(wanted).order_by(Job.created_at).limit(20)))

    def _do(self, job_id: UUID) -> None:
        job = self._begin(job_id)
        if job is None:
            return
        context = Context(actor=SYSTEM, traceparent=job.traceparent, correlation_id=trace_id(job.traceparent))
        with running(context):
            run, began = JobRun(self._database, job), time.monotonic()
            try:
                result = registry[job.kind](run)
            except JobCancelled:
                self._end(job_id, None, None)
            except Exception as error:
                self._fail(job_id, error)
            else:
                self._end(job_id, "done", result)
                log.info(
                    "job done",
                    extra={"job_id": job_id, "kind": job.kind, "seconds": time.monotonic() - began},
                )

    def _begin(self, job_id: UUID) -> Job | None:
        with self._database.transaction() as session:
            job = session.get_one(Job, job_id, with_for_update=True)
            if job.status == "cancelling":
                job.status, job.ended_at = "cancelled", clock.now()
            if job.status not in ("waiting", "running"):
                return None
            job.status, job.attempts = "running", job.attempts + 1
            job.started_at = job.started_at or clock.now()
        return job

    def _end(self, job_id: UUID, status: str | None, result: dict[str, object] | None) -> None:
        with self._database.transaction() as session:
            job = session.get_one(Job, job_id, with_for_update=True)
            job.status = status or ("cancelled" if job.status == "cancelling" else job.status)
            if job.status != "paused":
                job.ended_at = clock.now()
            job.result = result if result is not None else job.result

    def _fail(self, job_id: UUID, error: Exception) -> None:
        """Try again later after a passing fault; give up with a word for the user after a lasting one."""
        log.error("job failed", exc_info=error, extra={"job_id": job_id})
        with self._database.transaction() as session:
            job = session.get_one(Job, job_id, with_for_update=True)
            passing = isinstance(error, (OperationalError, InterfaceError, OSError))
            if passing and job.attempts < MAX_ATTEMPTS:
                job.status, job.not_before = "waiting", clock.now() + timedelta(seconds=2**job.attempts)
                return
            job.status, job.ended_at = "failed", clock.now()
            job.problem = f"{type(error).__name__}: the log has the details under this job's id."

    def _wait(self, connection: psycopg.Connection) -> None:
        """Until something is announced, a second has passed, or it is time to stop."""
        selecting.select([connection.fileno()], [], [], _SWEEP)
        for _ in connection.notifies(timeout=0):
            pass
