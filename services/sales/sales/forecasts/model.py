"""The categories of deals, what people expect, and what the pipeline looked like each night."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Instant, Money, Owned
from sales.base import Base

_CATEGORY = "category IN ('commit', 'best_case', 'pipeline', 'omitted')"


class DealForecast(Base):
    """The category that somebody put a deal into, instead of its stage's."""

    __tablename__ = "deal_forecasts"
    __table_args__ = (CheckConstraint(_CATEGORY, name="category"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    category: Mapped[str] = mapped_column(Text)
    set_by: Mapped[UUID | None]
    set_at: Mapped[Instant]


class StageForecast(Base):
    """The category of the deals in a stage; one without a row goes by its probability."""

    __tablename__ = "stage_forecasts"
    __table_args__ = (CheckConstraint(_CATEGORY, name="category"),)

    stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"), primary_key=True)
    category: Mapped[str] = mapped_column(Text)


class ForecastCall(Entity, Owned, Base):
    """What a rep (`kind` rep), or the manager in their place, expects to be won in a period by a rep, a team or the
    company, in the base currency, and why. Never changed: the newest of a kind holds."""

    __tablename__ = "forecast_calls"
    __table_args__ = (
        CheckConstraint("kind IN ('rep', 'manager')", name="kind"),
        CheckConstraint("amount >= 0", name="amount"),
        Index("ix_forecast_calls_begins_on", "begins_on", "period", "subject_id", "kind", "created_at"),
    )

    kind: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    begins_on: Mapped[date]
    scope: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID | None]
    amount: Mapped[Money]
    reason: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[UUID | None]


class Snapshot(Base):
    """A night on which the pipeline was looked at."""

    __tablename__ = "forecast_snapshots"

    taken_on: Mapped[date] = mapped_column(primary_key=True)
    taken_at: Mapped[Instant]
    changed: Mapped[int]


class DealState(Base):
    """How a deal was seen by the snapshots from `from_on` until before `until_on` (None: by the newest still). A night
    writes only the deals that it finds changed. `due_on`: when it was closed, or is expected to be."""

    __tablename__ = "forecast_states"
    __table_args__ = (
        Index("uq_forecast_states_current", "deal_id", unique=True, postgresql_where=text("until_on IS NULL")),
        Index("ix_forecast_states_due_on", "due_on"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    amount: Mapped[Money]
    probability: Mapped[int]
    due_on: Mapped[date | None]
