"""Appointments, who attends them, and the feeds that calendars read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Owned
from chassis.ids import uuid7
from contacts.base import Base


class AppointmentUser(Base):
    """A colleague who attends. The appointment's time stands here too, so that one index answers who is busy when;
    a cancelled one has `busy` false."""

    __tablename__ = "appointment_users"
    __table_args__ = (Index("ix_appointment_users_user_id_starts_at", "user_id", "starts_at"),)

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    busy: Mapped[bool] = mapped_column(default=True)


class AppointmentPerson(Base):
    """A customer who attends. Not unique per person: after a merge both rows are of the survivor, and an unmerge parts
    them again."""

    __tablename__ = "appointment_people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)


class Appointment(Entity, Owned, Base):
    """A meeting from `starts_at` until just before `ends_at`. `time_zone` (IANA) is that in which people speak of it;
    `state` is scheduled or cancelled; `forced` says that it overlaps another one knowingly."""

    __tablename__ = "appointments"
    __table_args__ = (
        Index("ix_appointments_starts_at_id", "starts_at", "id"),
        Index("ix_appointments_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_appointments_company_id", "company_id", postgresql_where=text("company_id IS NOT NULL")),
        Index("ix_appointments_deal_id", "deal_id", postgresql_where=text("deal_id IS NOT NULL")),
    )

    title: Mapped[str]
    note: Mapped[str | None]
    place: Mapped[str | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_zone: Mapped[str]
    state: Mapped[str] = mapped_column(default="scheduled")
    forced: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
    deal_id: Mapped[UUID | None]

    users: Mapped[list[AppointmentUser]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )
    people: Mapped[list[AppointmentPerson]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def user_ids(self) -> list[UUID]:
        """The colleagues who attend."""
        return sorted(row.user_id for row in self.users)

    @property
    def person_ids(self) -> list[UUID]:
        """The customers who attend, each once."""
        return sorted({row.person_id for row in self.people})


class CalendarFeed(Base):
    """The link under which a user's calendar is read: one per user, of whose token only the SHA-256 is kept."""

    __tablename__ = "calendar_feeds"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
