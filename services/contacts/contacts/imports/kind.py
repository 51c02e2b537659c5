"""The kind of job that an import is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from chassis.jobs import Job, JobRun, job

KIND = "contacts.import"


@job(KIND)
def run(run: JobRun) -> dict[str, Any]:
    """Read the file through; the result tells what became of its rows."""
    # Here, for polars takes 30 MB and a third of a second, and nobody but who does the job has need of it.
    from contacts.imports.job import run_import

    return run_import(run)


def under_way(session: Session) -> bool:
    """Whether an import is running."""
    return bool(session.scalar(select(exists().where(Job.kind == KIND, Job.status == "running"))))
