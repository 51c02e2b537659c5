"""Rules of assignment, and when a rep can take leads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Json, Searchable
from chassis.hours import Hours, SpecialDay, parse_hours
from sales.assignment.rules import POOLS, STRATEGIES
from sales.base import Base


class AssignmentRule(Entity, Searchable, Base):
    """Leads that fulfil `when` (`sales.matching.rules`; None: all) go to somebody of `pool`, chosen by `strategy`.
    Tried in the order of `position`; where nobody of the pool can take the lead the next rule is.

    `pool`: `territory` (whose the lead is), `members` (`members`: [{rep_id, weight}]), or `everyone` who takes leads.
    `within_hours`: only to reps at work now.
    """

    __tablename__ = "assignment_rules"
    __search__ = ("name",)
    __partner_visible__ = False
    __table_args__ = (
        CheckConstraint(f"strategy IN {STRATEGIES}", name="strategy"),
        CheckConstraint(f"pool IN {POOLS}", name="pool"),
        Index("ix_assignment_rules_position_id", "position", "id"),
    )

    name: Mapped[str] = mapped_column(Text, unique=True)
    position: Mapped[int]
    active: Mapped[bool]
    when: Mapped[Json | None]
    pool: Mapped[str] = mapped_column(Text)
    strategy: Mapped[str] = mapped_column(Text)
    members: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    within_hours: Mapped[bool] = mapped_column(default=False)


class WorkCalendar(Entity, Searchable, Base):
    """When people work: `hours` is {"mon": [["09:00", "18:00"]], ...} in the time zone `zone`; nobody works on the
    dates of `holidays`, and by the hours of `workdays` ({date: spans}) on those, whatever the weekday."""

    __tablename__ = "work_calendars"
    __search__ = ("name",)
    __partner_visible__ = False

    name: Mapped[str] = mapped_column(Text, unique=True)
    zone: Mapped[str] = mapped_column(Text)
    hours: Mapped[Json]
    holidays: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    workdays: Mapped[Json] = mapped_column(default=dict)

    def as_hours(self) -> Hours:
        """The calendar as rules ask it. Invalid where it makes no sense; a date both holiday and workday is worked."""
        holidays = [SpecialDay(day, f"holidays.{i}") for i, day in enumerate(self.holidays or ())]
        worked = (self.workdays or {}).items()
        workdays = [SpecialDay(day, f"workdays.{day}", hours, f"workdays.{day}") for day, hours in worked]
        return parse_hours(self.zone, self.hours, holidays + workdays)


class Availability(Entity, Base):
    """What limits the leads that the rep `id` gets by rule: opted out, absent (`absences`: [{from, until}], both days
    included), at most `max_per_day` and `max_open` (new and followed leads), and by which calendar they work. While
    they are absent `deputy_id` decides on the quotes that wait for them."""

    __tablename__ = "rep_availability"
    __partner_visible__ = False
    __table_args__ = (
        CheckConstraint("max_per_day >= 0", name="max_per_day"),
        CheckConstraint("max_open >= 0", name="max_open"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("reps.id"), primary_key=True, sort_order=-10)
    opted_out: Mapped[bool] = mapped_column(default=False)
    absences: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    max_per_day: Mapped[int | None]
    max_open: Mapped[int | None]
    calendar_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_calendars.id"), index=True)
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("reps.id"), index=True)
