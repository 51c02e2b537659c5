"""How the credit of a deal is split."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from sales.base import Base


class DealCredit(Base):
    """A rep's share of a deal, per cent: of the revenue, which is given out once, or as an overlay on top of that."""

    __tablename__ = "deal_credits"
    __table_args__ = (
        CheckConstraint("kind IN ('revenue', 'overlay')", name="kind"),
        CheckConstraint("percent > 0 AND percent <= 100", name="percent"),
        Index("ix_deal_credits_rep_id", "rep_id"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    rep_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
