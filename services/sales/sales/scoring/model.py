"""What the scores of deals and leads are learnt from, and the scores."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Instant, Json
from sales.base import Base


class Outcome:
    """One that came to an end as the score learnt it: `facts` are {factor: [value, ...]} then, `halfway` what it would
    have shown, still open, in the middle of its time. It goes when that end does not hold any more, whatever became of
    it in between."""

    won: Mapped[bool]
    closed_at: Mapped[Instant]
    facts: Mapped[Json]
    halfway: Mapped[Json]


class Frequency:
    """So many with this value of a factor were won, and lost. Without a factor and a value: all of them."""

    factor: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text, primary_key=True)
    won: Mapped[int]
    lost: Mapped[int]


class Score:
    """The chance (0 to 1) that an open one is won, from so many closed `cases`. Apart from what it is of: whose version
    stays, for nothing that people enter changes."""

    probability: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    cases: Mapped[int]
    scored_at: Mapped[Instant]


class DealOutcome(Outcome, Base):
    """A deal that was won, or lost."""

    __tablename__ = "deal_outcomes"
    __table_args__ = (Index("ix_deal_outcomes_closed_at", "closed_at"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)


class DealFrequency(Frequency, Base):
    """How many deals with a value were won, and lost."""

    __tablename__ = "deal_frequencies"


class DealScore(Score, Base):
    """The chance that an open deal is won."""

    __tablename__ = "deal_scores"
    __table_args__ = (Index("ix_deal_scores_probability", "probability", "deal_id"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)


class LeadOutcome(Outcome, Base):
    """A lead that was converted (`won`), or lost: closed without a deal, or fallen asleep."""

    __tablename__ = "lead_outcomes"
    __table_args__ = (Index("ix_lead_outcomes_closed_at", "closed_at"),)

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)


class LeadFrequency(Frequency, Base):
    """How many leads with a value were converted, and lost."""

    __tablename__ = "lead_frequencies"


class LeadScore(Score, Base):
    """The chance that an open lead is converted."""

    __tablename__ = "lead_scores"
    __table_args__ = (Index("ix_lead_scores_probability", "probability", "lead_id"),)

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)


class ScoringChoice(Base):
    """By which factors deals (`id` 1) or leads (2) are scored; all factors where there is no row."""

    __tablename__ = "scoring_choice"
    __table_args__ = (CheckConstraint("id IN (1, 2)", name="known"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    factors: Mapped[list[Any]] = mapped_column(ARRAY(Text))


class ScoreDue(Base):
    """One of `scored` (deals, leads) was changed, and its score and what is learnt are to follow."""

    __tablename__ = "score_due"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    scored: Mapped[str] = mapped_column(Text)
    of_id: Mapped[UUID]
