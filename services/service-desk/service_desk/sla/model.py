"""Calendars, policies, and the clocks that run on a ticket."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from chassis.db import Entity
from chassis.hours import Hours, SpecialDay, parse_hours
from service_desk.base import Base


class BusinessCalendar(Entity, Base):
    """When the desk is open: `hours` is {"mon": [["09:00", "18:00"]], ...}, `holidays` [{"date", "name"}] are closed,
    `workdays` [{"date", "hours"}] have hours of their own (the Saturdays that make up for a long holiday)."""

    __tablename__ = "calendars"

    name: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str]
    hours: Mapped[dict[str, Any]]
    holidays: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    workdays: Mapped[list[Any]] = mapped_column(JSONB, default=list)

    def as_hours(self) -> Hours:
        """The calendar as the arithmetic wants it. Invalid where it makes no sense; a date both holiday and workday is
        worked."""
        holidays = [SpecialDay(day["date"], f"holidays.{i}.date") for i, day in enumerate(self.holidays)]
        workdays = [
            SpecialDay(day["date"], f"workdays.{i}.date", day["hours"], f"workdays.{i}.hours")
            for i, day in enumerate(self.workdays)
        ]
        return parse_hours(self.zone, self.hours, holidays + workdays)


class SlaPolicy(Entity, Base):
    """What is promised to which tickets. The active policy of the lowest `rank` that matches a ticket's priority and
    kind (None: any) holds. Targets are in business minutes; at `risk_percent` of one a warning goes out."""

    __tablename__ = "sla_policies"
    __table_args__ = (Index("ix_sla_policies_active", "rank", postgresql_where=text("active")),)

    name: Mapped[str] = mapped_column(unique=True)
    rank: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    priority: Mapped[str | None]
    kind: Mapped[str | None]
    first_response_minutes: Mapped[int | None]
    resolution_minutes: Mapped[int | None]
    risk_percent: Mapped[int] = mapped_column(default=80)
    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("calendars.id"), index=True)

    calendar: Mapped[BusinessCalendar] = relationship()


class SlaClock(Entity, Base):
    """One promise on one ticket; changed only while the ticket is locked.

    running: `due_at` is set. resting (the ticket is pending): `due_at` is None and `left` says how much business time
    remains. stopped: `stopped_at` is set. `met` is known once it has stopped in time, or was breached.
    `look_at` is the next instant at which the timer has something to do; None when there is nothing.
    """

    __tablename__ = "sla_clocks"
    __table_args__ = (
        Index("uq_sla_clocks_ticket_id_metric", "ticket_id", "metric", unique=True),
        Index("ix_sla_clocks_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL")),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("calendars.id"), index=True)
    metric: Mapped[str]
    target: Mapped[timedelta]
    risk_percent: Mapped[int]
    left: Mapped[timedelta]
    due_at: Mapped[datetime | None]
    risk_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    met: Mapped[bool | None]

    calendar: Mapped[BusinessCalendar] = relationship()

    @property
    def business_time(self) -> Hours:
        """Its calendar for the arithmetic, read without writing a change to the ticket that is only half made."""
        session = object_session(self)
        with session.no_autoflush if session else nullcontext():
            return self.calendar.as_hours()
