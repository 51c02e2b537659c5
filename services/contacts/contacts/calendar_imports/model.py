"""What was taken over from other calendars."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from contacts.base import Base


class ImportedEvent(Base):
    """An event of another calendar that `user_id` took over as an appointment or a series, by its UID; with
    `recurrence`, the one time of a series that it stands for (RECURRENCE-ID, empty otherwise). `sequence` and
    `stamped_at` say which version of it was taken; `shape` when it takes place, as the calendar said."""

    __tablename__ = "imported_events"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(primary_key=True, index=True)
    recurrence: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    stamped_at: Mapped[datetime]
    shape: Mapped[str]
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), index=True)
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment_series.id", ondelete="CASCADE"), index=True)
