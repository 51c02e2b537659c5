"""A job by the command line: `python -m chassis job <service> <kind>` starts it, or follows the one that is under way,
and says how far it is until it has ended. The service's `jobs` process does the work; this one may go at any time."""

from __future__ import annotations

import sys
import time

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import SYSTEM
from chassis.context import Context, running
from chassis.db.database import Database
from chassis.jobs.model import ENDED, Job
from chassis.jobs.run import by_name
from chassis.jobs.start import start_job
from chassis.service import Service
from chassis.settings import service_settings
from chassis.trace import new_traceparent

_LOOK = 0.5  # seconds


def run(service: Service, kind: str, database: Database | None = None) -> int:
    """Start and follow; one JSON object a line whenever there is news. 0 where it is done, 1 where it failed.
    LookupError for a kind that cannot be started by its name alone."""
    service.part("app", "create_app")  # importing the features registers their jobs
    full = f"{service.name}.{kind}"
    if full not in by_name:
        there = ", ".join(sorted(name.partition(".")[2] for name in by_name if name.startswith(f"{service.name}.")))
        raise LookupError(f"{service.name} has no job {kind} to start by its name; it has {there or 'none'}")
    database = database or Database(service, service_settings(service).database_url, pool_size=1)
    with running(Context(actor=SYSTEM, traceparent=new_traceparent())), database.transaction() as session:
        job = under_way(session, full) or start_job(session, full)
    return _follow(database, job)


def under_way(session: Session, kind: str) -> Job | None:
    """The oldest job of this kind that has not ended."""
    mine = select(Job).where(Job.kind == kind, Job.status.not_in(ENDED))
    return session.scalar(mine.order_by(Job.created_at).limit(1))


def _follow(database: Database, job: Job) -> int:
    said = None
    while True:
        news = {"id": job.id, "status": job.status, "done": job.done, "result": job.result, "problem": job.problem}
        if news != said:
            sys.stdout.write(orjson.dumps(news).decode() + "\n")
            sys.stdout.flush()
            said = news
        if job.status in ENDED:
            return int(job.status != "done")
        time.sleep(_LOOK)
        with database.reading() as session:
            job = session.get_one(Job, job.id)
