"""When somebody wants to be reminded again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.ids import uuid7
from contacts.base import Base


class Snooze(Base):
    """`user_id` is reminded of the task or the appointment again at `at`, and not before; gone when it was sent."""

    __tablename__ = "snoozes"
    __table_args__ = (UniqueConstraint("task_id", "user_id"), UniqueConstraint("appointment_id", "user_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[UUID]
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(index=True)
