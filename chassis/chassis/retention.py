"""What is kept for a while only, because it may name people: files and errors of jobs that have ended, answers kept
for a repeat, dead letters. Every worker clears them away by its clocks (`chassis.bus.Worker`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Self

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from chassis.db.tables import job_errors, job_files, jobs
from chassis.events.dead import DeadLetters
from chassis.events.topology import UNROUTED
from chassis.http.idempotency import forget
from chassis.jobs.model import ENDED
from chassis.settings import Env, load_settings, positive, service_settings

_JOBS = 20
_ANSWERS = 10_000


@dataclass(frozen=True)
class Retention:
    """How long files and errors of a job stay after its end, answers to an Idempotency-Key, and dead letters."""

    jobs: timedelta
    answers: timedelta
    letters: timedelta

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `QUINTET_KEEP_JOB_FILES_DAYS`, `QUINTET_KEEP_ANSWERS_DAYS` and `QUINTET_KEEP_DEAD_LETTERS_DAYS`."""

        def days(name: str, default: int) -> timedelta:
            return timedelta(days=env.int(f"QUINTET_KEEP_{name}_DAYS", default, validate=positive) or default)

        return cls(jobs=days("JOB_FILES", 30), answers=days("ANSWERS", 7), letters=days("DEAD_LETTERS", 90))


@lru_cache
def retention() -> Retention:
    """The settings of this process, read once."""
    return load_settings(Retention)


def clear_rows(session: Session, now: datetime) -> None:
    """Delete a batch of what has had its day in the database."""
    forget(session, now - retention().answers, limit=_ANSWERS)
    holds = [exists().where(table.c.job_id == jobs.c.id) for table in (job_files, job_errors)]
    over = jobs.c.status.in_(ENDED), jobs.c.ended_at < now - retention().jobs, or_(*holds)
    ids = session.scalars(select(jobs.c.id).where(*over).order_by(jobs.c.id).limit(_JOBS)).all()
    for table in (job_files, job_errors):
        session.execute(delete(table).where(table.c.job_id.in_(ids)))


def clear_letters(session: Session, now: datetime) -> None:
    """Drop dead letters that nobody has replayed, of the service and of those that nobody listened to."""
    service = session.info["service"]
    for queue in (service.name, UNROUTED):
        DeadLetters(service_settings(service).amqp_url, queue).drop(now - retention().letters)
