"""Who is asked for a yes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Grant, Instant, SharedBy
from chassis.ids import uuid7
from sales.approvals.rules import KINDS, STATES
from sales.base import Base


class ApprovalRequest(Grant, Base):
    """A user is asked for the yes of a step of a record; `id` is also that of the task which contacts makes of it.

    `stands_in_for`: the absent colleague whose deputy they are; `role`: what they are asked by, where nobody is named.
    While it is `waiting`, and once they `decided`, they read the record by it, wherever it belongs.
    """

    __tablename__ = "approval_requests"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index(
            "uq_approval_requests_waiting", "record_id", "user_id", unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_approval_requests_record_id", "record_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str] = mapped_column(Text)
    record_id: Mapped[UUID]
    step: Mapped[int]
    role: Mapped[str | None] = mapped_column(Text)
    stands_in_for: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[Instant]
    due_at: Mapped[Instant]
    ended_at: Mapped[datetime | None]


ASKED = (SharedBy("id", ApprovalRequest.record_id, where=ApprovalRequest.state != "ended"),)
