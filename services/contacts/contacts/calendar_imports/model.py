"""What was taken over from other calendars."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from contacts.base import Base


class ImportedEvent(Base):
    """An event of another calendar that `user_id` took over as an appointment or a series, by its UID; with
    `recurrence`, the one time of a series that it stands for (RECURRENCE-ID, empty otherwise). `sequence` and
    `stamped_at` say which version of it was taken; `shape` when it takes place, as the calendar said; `invited` whom
    it invites, by their marks (`rules.mark_of`; None: nobody knows any more). Without an appointment and a series it
    was called off."""

    __tablename__ = "imported_events"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(primary_key=True, index=True)
    recurrence: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    stamped_at: Mapped[datetime]
    shape: Mapped[str]
    invited: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), index=True)
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment_series.id", ondelete="CASCADE"), index=True)


class CalledOff(Base):
    """The word of an organizer that an event, or one time of it, does not take place, for one who was invited
    (`attendee`, a mark) or for everybody (empty): kept because an older invitation may come later. `scope` is into
    whose calendar the file went that said so; for what the organizer wrote in a mail it is `rules.BY_MAIL`."""

    __tablename__ = "called_off_events"

    scope: Mapped[UUID] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(primary_key=True)
    recurrence: Mapped[str] = mapped_column(primary_key=True)
    organizer: Mapped[str] = mapped_column(primary_key=True)
    attendee: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    stamped_at: Mapped[datetime]
