"""What the score of deals is learnt from, and the scores."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Instant, Json
from sales.base import Base


class DealOutcome(Base):
    """A closed deal as the score learnt it: `facts` are {factor: [value, ...]} when it was closed, `halfway` what an
    open deal would have shown in the middle of its time. It goes when the deal is reopened, whatever became of the deal
    in between."""

    __tablename__ = "deal_outcomes"
    __table_args__ = (Index("ix_deal_outcomes_closed_at", "closed_at"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    won: Mapped[bool]
    closed_at: Mapped[Instant]
    facts: Mapped[Json]
    halfway: Mapped[Json]


class DealFrequency(Base):
    """So many deals with this value of a factor were won, and lost. Without a factor and a value: all of them."""

    __tablename__ = "deal_frequencies"

    factor: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text, primary_key=True)
    won: Mapped[int]
    lost: Mapped[int]


class DealScore(Base):
    """The chance (0 to 1) that an open deal is won, from so many closed `cases`. Apart from the deal: its version
    stays, for nothing that people enter changes."""

    __tablename__ = "deal_scores"
    __table_args__ = (Index("ix_deal_scores_probability", "probability", "deal_id"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    probability: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    cases: Mapped[int]
    scored_at: Mapped[Instant]


class ScoringChoice(Base):
    """By which factors deals are scored; at most one row, all factors where there is none."""

    __tablename__ = "scoring_choice"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    factors: Mapped[list[Any]] = mapped_column(ARRAY(Text))
