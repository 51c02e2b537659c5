"""The follow-ups planned for a lead."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Instant
from chassis.ids import uuid7
from sales.base import Base


class FollowUp(Base):
    """One planned step. `id` is also the id of the task that contacts makes of it; `state` is planned, done
    or cancelled; `interaction_id` is what it was done by."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        Index(
            "uq_follow_ups_planned",
            "lead_id",
            "step",
            unique=True,
            postgresql_where=text("state = 'planned'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    step: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    due_at: Mapped[Instant]
    state: Mapped[str] = mapped_column(Text, default="planned")
    interaction_id: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
