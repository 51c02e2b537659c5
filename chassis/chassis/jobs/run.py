"""What a job's function is given, and the register of those functions."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.db.database import Database
from chassis.db.tables import job_errors
from chassis.jobs.files import StoredFile
from chassis.jobs.model import Job
from chassis.jobs.start import INPUT

Work = Callable[["JobRun"], dict[str, Any] | None]
registry: dict[str, Work] = {}
by_name: set[str] = set()


class JobCancelled(Exception):
    """Raised from `step()` when the job was cancelled or paused; what earlier steps did stays done."""


def job(kind: str, *, needs_nothing: bool = False) -> Callable[[Work], Work]:
    """Register the function that does jobs of `kind`, which begins with the service's name: `contacts.import`. One that
    `needs_nothing`, neither parameters nor a file, can be started from the command line by its name.

    What it returns becomes the job's `result`. After a crash it is called again from the beginning, with the
    `state` of the last step that committed.
    """

    def register(work: Work) -> Work:
        registry[kind] = work
        if needs_nothing:
            by_name.add(kind)
        return work

    return register


class JobRun:
    """One run of a job: its parameters, its bookmark, its transactions."""

    def __init__(self, database: Database, job: Job) -> None:
        self.database = database
        self.id: UUID = job.id
        self.kind = job.kind
        self.params = job.params
        self.state: dict[str, Any] = dict(job.state)
        self.created_by = job.created_by
        self._done, self._total, self._failed = job.done, job.total, job.failed
        self._errors: list[dict[str, Any]] = []

    @contextmanager
    def step(self, ahead: Callable[[Session], None] | None = None) -> Iterator[Session]:
        """One transaction: what it changes, `state`, progress and errors commit together or not at all.

        Raises JobCancelled, before anything is done, when somebody has cancelled or paused the job. `ahead` is done
        first, before the job is asked for: while another step of it is under way (`chassis.jobs.turns`), so that it
        neither reads nor changes any of this.
        """
        before = None
        try:
            with self.database.transaction() as session:
                if ahead:
                    ahead(session)
                before = (dict(self.state), self._done, self._total, self._failed)
                job = session.get_one(Job, self.id, with_for_update=True)
                if job.status != "running":
                    raise JobCancelled(job.status)
                yield session
                self._save(session, job)
        except BaseException:
            if before:
                self.state, self._done, self._total, self._failed = before
            raise
        finally:
            if before:
                self._errors.clear()

    def progress(self, *, done: int | None = None, total: int | None = None) -> None:
        """Say how far it is, in rows; saved with the step."""
        self._done = self._done if done is None else done
        self._total = self._total if total is None else total

    def error(self, *, row: int, field: str, code: str, message: str, record: dict[str, Any]) -> None:
        """Put a row into the errors file; saved with the step. The same row and rule twice is one line."""
        error = {
            "job_id": self.id,
            "row": row,
            "field": field,
            "code": code,
            "message": message,
            "record": record,
        }
        self._errors.append(error)

    def open(self, name: str = INPUT) -> BinaryIO:
        """The file that the job was started with, as a binary stream with flat memory."""
        return io.BufferedReader(StoredFile(self.database, self.id, name), 256 * 1024)  # type: ignore[return-value]

    def _save(self, session: Session, job: Job) -> None:
        if self._errors:
            self._failed += len({error["row"] for error in self._errors})
            session.execute(insert(job_errors).on_conflict_do_nothing(), self._errors)
        job.state, job.done, job.total, job.failed = dict(self.state), self._done, self._total, self._failed
