"""Appointments, who attends them, and the feeds that calendars read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Grant, Owned, SharedBy
from chassis.ids import uuid7
from contacts.base import Base
from contacts.calendar.rules import USUAL, end_of, takes_time
from contacts.recurrence.times import occurrences, with_added


class AppointmentUser(Grant, Base):
    """A colleague who attends, and by that may read the appointment. Its time stands here too, so that one index
    answers who is busy when; `busy` is false where it is cancelled, takes no time (`show_as` is free, or it is a
    moment), or `answer` is declined."""

    __tablename__ = "appointment_users"
    __table_args__ = (
        Index("ix_appointment_users_user_id_starts_at", "user_id", "starts_at"),
        Index(
            "ix_appointment_users_long", "user_id", "ends_at",
            postgresql_where=text(f"ends_at - starts_at > '{USUAL.days} days'::interval"),
        ),
    )  # fmt: skip

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    busy: Mapped[bool] = mapped_column(default=True)
    answer: Mapped[str] = mapped_column(default="open", server_default="open")
    access: Mapped[str] = mapped_column(default="read", server_default="read")
    team_id: Mapped[UUID | None] = mapped_column()


class AppointmentPerson(Base):
    """A customer who attends, and the answer that came by mail, of `answered_at`. Not unique per person: after a merge
    both rows are of the survivor, and an unmerge parts them again."""

    __tablename__ = "appointment_people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    answer: Mapped[str] = mapped_column(default="open", server_default="open")
    answered_at: Mapped[datetime | None]


class SeriesUser(Base):
    """A colleague who attends what is still to be made of a series, with the answer that was given for all of it."""

    __tablename__ = "appointment_series_users"

    series_id: Mapped[UUID] = mapped_column(ForeignKey("appointment_series.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    answer: Mapped[str] = mapped_column(default="open")


class SeriesPerson(Base):
    """A customer who attends what is still to be made of a series, with the answer that was given for all of it."""

    __tablename__ = "appointment_series_people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    series_id: Mapped[UUID] = mapped_column(ForeignKey("appointment_series.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    answer: Mapped[str] = mapped_column(default="open", server_default="open")


class AppointmentSeries(Entity, Owned, Base):
    """Appointments that come again and again by `rule` (RFC 5545). `starts_at` and `ends_at` are those of the first,
    reckoned on the wall of `time_zone`; the other columns are what the next one is made with.

    `excluded` are times of the rule that do not take place, `added` such as it does not have. `last_at` is the start of
    the latest that was made, `next_at` that of the one to come (None: no more come). `state` is active or cancelled.
    """

    __tablename__ = "appointment_series"
    __table_args__ = (
        Index("ix_appointment_series_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        Index("ix_appointment_series_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
    )

    rule: Mapped[str]
    excluded: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)), default=list, server_default="{}")
    added: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)), default=list, server_default="{}")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_zone: Mapped[str]
    all_day: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    show_as: Mapped[str] = mapped_column(default="busy", server_default="busy")
    state: Mapped[str] = mapped_column(default="active")
    last_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    title: Mapped[str]
    note: Mapped[str | None]
    place: Mapped[str | None]
    remind_before: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
    deal_id: Mapped[UUID | None]

    users: Mapped[list[SeriesUser]] = relationship(lazy="selectin", cascade="all, delete-orphan", passive_deletes=True)
    people: Mapped[list[SeriesPerson]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )

    def times(self, after: datetime) -> Iterator[datetime]:
        """When it comes behind `after`, in order."""
        ruled = occurrences(self.rule, self.starts_at, self.time_zone, after)
        return with_added(ruled, self.added, after)

    def has_any(self) -> bool:
        """Whether it comes at all."""
        return next(self.times(self.starts_at - timedelta(seconds=1)), None) is not None

    def end_of(self, at: datetime) -> datetime:
        """When the one ends that begins `at`: as long after as the first, or so many days."""
        return end_of(at, self.starts_at, self.ends_at, self.time_zone if self.all_day else None)

    @property
    def user_ids(self) -> list[UUID]:
        """The colleagues who attend."""
        return sorted(row.user_id for row in self.users)

    @property
    def person_ids(self) -> list[UUID]:
        """The customers who attend, each once."""
        return sorted({row.person_id for row in self.people})


class Appointment(Entity, Owned, Base):
    """A meeting from `starts_at` until just before `ends_at`. `time_zone` (IANA) is that in which people speak of it;
    an `all_day` one takes whole days there. `show_as` is busy, or free where it takes nobody's time. `state` is
    scheduled or cancelled; `forced` says that it overlaps another one knowingly. `remind_before`: minutes before it
    starts. `occurrence_at` is its place in its series, wherever it was moved since."""

    __tablename__ = "appointments"
    __shares__ = (SharedBy("id", AppointmentUser.appointment_id),)
    __table_args__ = (
        Index("ix_appointments_starts_at_id", "starts_at", "id"),
        Index("ix_appointments_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_appointments_company_id", "company_id", postgresql_where=text("company_id IS NOT NULL")),
        Index("ix_appointments_deal_id", "deal_id", postgresql_where=text("deal_id IS NOT NULL")),
        UniqueConstraint("series_id", "occurrence_at"),
    )

    title: Mapped[str]
    note: Mapped[str | None]
    place: Mapped[str | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_zone: Mapped[str]
    all_day: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    show_as: Mapped[str] = mapped_column(default="busy", server_default="busy")
    state: Mapped[str] = mapped_column(default="scheduled")
    forced: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
    deal_id: Mapped[UUID | None]
    remind_before: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default="{}")
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment_series.id", ondelete="SET NULL"))
    occurrence_at: Mapped[datetime | None]

    users: Mapped[list[AppointmentUser]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )
    people: Mapped[list[AppointmentPerson]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )

    def occupies(self, answer: str) -> bool:
        """Whether it takes the time of a colleague who has given this answer."""
        takes = takes_time(self.starts_at, self.ends_at, self.show_as)
        return self.state == "scheduled" and takes and answer != "declined"

    @property
    def user_ids(self) -> list[UUID]:
        """The colleagues who were asked to attend."""
        return sorted(row.user_id for row in self.users)

    @property
    def due_at(self) -> datetime:
        """When its series has it; its own start where it is of none."""
        return self.occurrence_at or self.starts_at

    @property
    def attendees(self) -> list[AppointmentUser]:
        """The same, each with the answer."""
        return sorted(self.users, key=lambda row: row.user_id)

    @property
    def person_ids(self) -> list[UUID]:
        """The customers who attend, each once."""
        return sorted({row.person_id for row in self.people})

    @property
    def guests(self) -> list[AppointmentPerson]:
        """The same, each with the answer that came last."""
        latest = sorted(self.people, key=lambda row: (row.answered_at is not None, row.answered_at, row.id))
        return sorted({row.person_id: row for row in latest}.values(), key=lambda row: row.person_id)


class AppointmentReminder(Base):
    """A reminder that is to be sent at `at`; gone when it was, or is not needed any more."""

    __tablename__ = "appointment_reminders"
    __table_args__ = (Index("ix_appointment_reminders_at", "at"), UniqueConstraint("appointment_id", "minutes_before"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"))
    minutes_before: Mapped[int]
    at: Mapped[datetime]


class CalendarFeed(Base):
    """The link under which a user's calendar is read: one per user, of whose token only the SHA-256 is kept."""

    __tablename__ = "calendar_feeds"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
