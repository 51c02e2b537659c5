"""`/jobs` of a service: progress, the errors file, cancel, pause, resume."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.db.tables import job_errors
from chassis.errors import Conflict, NotFound
from chassis.files.tables import as_csv
from chassis.http.api import Api
from chassis.http.streaming import Download
from chassis.jobs.model import ENDED, Job
from chassis.jobs.schema import JobOut
from chassis.jobs.start import CHANNEL
from chassis.service import Service

if TYPE_CHECKING:
    from sqlalchemy import Select

_FETCHED = 500  # rows of the errors file at a time


def jobs_api(service: Service) -> Api:
    """The routes; a service adds them by `service_app`."""
    api = Api("jobs", scope=service.name)

    @api.get("/jobs", returns=JobOut, many=True)
    def list_jobs(session: Session) -> list[Job]:
        """List the newest hundred jobs within reach."""
        return list(session.scalars(_mine().order_by(Job.created_at.desc()).limit(100)))

    @api.get("/jobs/<uuid:job_id>", returns=JobOut)
    def read_job(session: Session, job_id: UUID) -> Job:
        """Read a job's progress."""
        return _job(session, job_id)

    @api.get("/jobs/<uuid:job_id>/errors", produces="text/csv", streamed=True, errors=(404, 503))
    def read_errors(session: Session, job_id: UUID) -> Download:
        """Download the rows that failed, and why, as CSV.

        The columns of the file that was sent come first, so that it can be corrected and sent again.
        """
        job = _job(session, job_id)
        return Download(_error_lines(session, job.id), "text/csv", f"errors-{job.id}.csv")

    for action, allowed, status in (
        ("cancel", ("waiting", "running", "paused"), "cancelling"),
        ("pause", ("waiting", "running"), "paused"),
        ("resume", ("paused",), "waiting"),
    ):
        api.routes.append(_action(api, action, allowed, status))
    return api


def _action(api: Api, action: str, allowed: tuple[str, ...], status: str) -> Any:
    def act(session: Session, job_id: UUID) -> Job:
        job = session.scalars(_mine().where(Job.id == job_id).with_for_update()).one_or_none()
        if job is None:
            raise NotFound("job")
        if job.status in ENDED or (job.status not in allowed and job.status != status):
            raise Conflict("job_ended" if job.status in ENDED else "job_state", f"The job is {job.status}.")
        if status == "cancelling" and job.status in ("waiting", "paused"):
            job.status, job.ended_at = "cancelled", clock.now()
        else:
            job.status = status
        session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
        return job

    act.__doc__ = f"{action.capitalize()} a job; what its finished steps did stays done."
    return api.make("POST", f"/jobs/<uuid:job_id>/{action}", act, returns=JobOut)


def _mine() -> Select[Job]:
    """Jobs that the actor may see: all with reach `all`, else its own."""
    who = actor()
    statement = select(Job)
    return statement if who.reach == "all" else statement.where(Job.created_by == who.id)


def _job(session: Session, job_id: UUID) -> Job:
    job = session.scalars(_mine().where(Job.id == job_id)).one_or_none()
    if job is None:
        raise NotFound("job")
    return job


def _error_lines(session: Session, job_id: UUID) -> Iterator[bytes]:
    """The columns are those of the first row; nothing at all where none failed."""
    wanted = select(job_errors).where(job_errors.c.job_id == job_id).order_by(job_errors.c.row, job_errors.c.field)
    rows = iter(session.execute(wanted, execution_options={"yield_per": _FETCHED}))
    first = next(rows, None)
    if first is None:
        return
    columns = list(first.record)
    lines = (
        [*(row.record.get(name, "") for name in columns), row.row, row.field, row.code, row.message]
        for row in chain((first,), rows)
    )
    yield from as_csv([*columns, "error_row", "error_field", "error_code", "error_message"], lines)
