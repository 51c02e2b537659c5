"""A job as a row. Mapped apart from every service's own tables: all services have the same one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase, Mapped

from chassis.db import tables

Status = Literal["waiting", "running", "paused", "cancelling", "cancelled", "done", "failed"]
ENDED = ("cancelled", "done", "failed")


class JobBase(DeclarativeBase):
    metadata = tables.metadata


class Job(JobBase):
    """Long work. `done` of `total` rows are through, `failed` of them are in the errors file.

    `state` is the work's own bookmark; `params` is what it was asked; `result` what it found.
    """

    __table__ = tables.jobs
    __mapper_args__ = {"version_id_col": tables.jobs.c.version}

    id: Mapped[UUID]
    kind: Mapped[str]
    status: Mapped[str]
    params: Mapped[dict[str, Any]]
    state: Mapped[dict[str, Any]]
    done: Mapped[int]
    total: Mapped[int | None]
    failed: Mapped[int]
    result: Mapped[dict[str, Any] | None]
    problem: Mapped[str | None]
    attempts: Mapped[int]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    version: Mapped[int]
    traceparent: Mapped[str | None]
