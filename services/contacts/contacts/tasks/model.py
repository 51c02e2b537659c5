"""Tasks: what is to be done for a customer, by whom, until when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Owned, Searchable
from contacts.base import Base


class Task(Entity, Owned, Searchable, Base):
    """A to-do. `state` is open, done or cancelled; `reminded_at` is when `task.due` was sent; `source` is `user` or
    `followup` (planned by sales, which chose the id)."""

    __tablename__ = "tasks"
    __search__ = ("title",)
    __table_args__ = (
        Index("ix_tasks_open_owner_id_due_at", "owner_id", "due_at", "id", postgresql_where=text("state = 'open'")),
        Index("ix_tasks_open_due_at", "due_at", "id", postgresql_where=text("state = 'open'")),
        Index("ix_tasks_to_remind", "due_at", postgresql_where=text("state = 'open' AND reminded_at IS NULL")),
        Index("ix_tasks_due_at_id", "due_at", "id"),
        Index("ix_tasks_person_id", "person_id"),
        Index("ix_tasks_lead_id", "lead_id", postgresql_where=text("lead_id IS NOT NULL")),
        Index("ix_tasks_deal_id", "deal_id", postgresql_where=text("deal_id IS NOT NULL")),
    )

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


class CancelledTask(Base):
    """A task that was cancelled before it was heard of: `followup.cancelled` may overtake `followup.planned`."""

    __tablename__ = "cancelled_tasks"

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
