"""Asking for a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.context import current
from chassis.ids import uuid7
from chassis.jobs.files import store
from chassis.jobs.model import Job

CHANNEL = "jobs"
INPUT = "input"


def start_job(
    session: Session,
    kind: str,
    *,
    params: dict[str, Any] | None = None,
    file: BinaryIO | None = None,
    total: int | None = None,
    not_before: datetime | None = None,
    id: UUID | None = None,
) -> Job:
    """A new job of `kind`, which begins when this transaction commits (or at `not_before`).

    `params` holds JSON types; `file` is stored with the job and read with `run.open()`. Give `id` where the caller must
    not start the same work twice. Return the job with status 202 and `returns=JobOut`.
    """
    job = Job(
        id=id or uuid7(),
        kind=kind,
        status="waiting",
        params=params or {},
        state={},
        done=0,
        total=total,
        failed=0,
        attempts=0,
        created_by=actor().id,
        created_at=clock.now(),
        not_before=not_before,
        traceparent=current().traceparent,
    )
    session.add(job)
    session.flush()
    if file is not None:
        store(session, job.id, INPUT, file)
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    return job
