"""Tasks: what is to be done for a customer, by whom, until when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Owned, Searchable
from chassis.ids import uuid7
from contacts.base import Base


class TaskSeries(Entity, Owned, Base):
    """Tasks that come again and again by `rule` (RFC 5545), reckoned from `starts_at` on the wall of `time_zone`.

    Its other columns are what the next one is made with. `last_at` is the due time of the latest that was made;
    `next_at` that of the one to come (None: no more come); `make_at` when that one is made, unless the latest is done
    before (None: too many are open). `made` counts. `state` is active, ended or cancelled.
    """

    __tablename__ = "task_series"
    __table_args__ = (
        Index("ix_task_series_make_at", "make_at", postgresql_where=text("make_at IS NOT NULL")),
        Index("ix_task_series_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
    )

    rule: Mapped[str]
    starts_at: Mapped[datetime]
    time_zone: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    last_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    make_at: Mapped[datetime | None]
    made: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    note: Mapped[str | None]
    priority: Mapped[str]
    remind_before: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)
    escalate_after: Mapped[int | None]
    escalate_to: Mapped[UUID | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
    lead_id: Mapped[UUID | None]
    deal_id: Mapped[UUID | None]


class Task(Entity, Owned, Searchable, Base):
    """A to-do. `state` is open, done or cancelled; `reminded_at` is when `task.due` was sent; `source` is `user` or
    `followup` (planned by sales, which chose the id).

    `remind_before`: minutes before it is due. Overdue for `escalate_after` minutes it is escalated, to `escalate_to`
    where that is said; `escalate_at` is when that will be. `occurrence_at` is its place in its series, wherever it was
    moved since.
    """

    __tablename__ = "tasks"
    __search__ = ("title",)
    __table_args__ = (
        Index("ix_tasks_open_owner_id_due_at", "owner_id", "due_at", "id", postgresql_where=text("state = 'open'")),
        Index("ix_tasks_open_due_at", "due_at", "id", postgresql_where=text("state = 'open'")),
        Index("ix_tasks_to_remind", "due_at", postgresql_where=text("state = 'open' AND reminded_at IS NULL")),
        Index(
            "ix_tasks_to_escalate", "escalate_at",
            postgresql_where=text("state = 'open' AND escalate_at IS NOT NULL AND escalated_at IS NULL"),
        ),
        Index("ix_tasks_due_at_id", "due_at", "id"),
        Index("ix_tasks_person_id", "person_id"),
        Index("ix_tasks_lead_id", "lead_id", postgresql_where=text("lead_id IS NOT NULL")),
        Index("ix_tasks_deal_id", "deal_id", postgresql_where=text("deal_id IS NOT NULL")),
        UniqueConstraint("series_id", "occurrence_at"),
    )  # fmt: skip

    title: Mapped[str]
    note: Mapped[str | None]
    due_at: Mapped[datetime]
    priority: Mapped[str] = mapped_column(default="normal")
    state: Mapped[str] = mapped_column(default="open")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
    lead_id: Mapped[UUID | None]
    deal_id: Mapped[UUID | None]
    source: Mapped[str] = mapped_column(default="user")
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[UUID | None]
    outcome: Mapped[str | None]
    reminded_at: Mapped[datetime | None]
    remind_before: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default="{}")
    escalate_after: Mapped[int | None]
    escalate_to: Mapped[UUID | None]
    escalate_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("task_series.id", ondelete="SET NULL"))
    occurrence_at: Mapped[datetime | None]


class TaskReminder(Base):
    """A reminder that is to be sent at `at`; gone when it was, or is not needed any more."""

    __tablename__ = "task_reminders"
    __table_args__ = (Index("ix_task_reminders_at", "at"), UniqueConstraint("task_id", "minutes_before"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    minutes_before: Mapped[int]
    at: Mapped[datetime]


class CancelledTask(Base):
    """A task that was cancelled before it was heard of: `followup.cancelled` may overtake `followup.planned`."""

    __tablename__ = "cancelled_tasks"

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
