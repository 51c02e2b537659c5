"""Competitors, and the deals in which we meet them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Searchable
from sales.base import Base


class Competitor(Entity, Searchable, Base):
    """Another supplier: what they are good at, and where they are weak."""

    __tablename__ = "competitors"
    __search__ = ("name",)
    __partner_visible__ = False
    __table_args__ = (Index("ix_competitors_name_id", "name", "id"),)

    name: Mapped[str] = mapped_column(Text, unique=True)
    website: Mapped[str | None] = mapped_column(Text)
    strengths: Mapped[str | None] = mapped_column(Text)
    weaknesses: Mapped[str | None] = mapped_column(Text)


class DealCompetitor(Base):
    """A competitor in a deal; `outcome` None while it is open, or where they were not who won it."""

    __tablename__ = "deal_competitors"
    __table_args__ = (
        CheckConstraint("threat IN ('low', 'medium', 'high')", name="threat"),
        CheckConstraint("outcome IN ('beaten', 'lost_to', 'withdrew')", name="outcome"),
        Index("ix_deal_competitors_competitor_id", "competitor_id"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    competitor_id: Mapped[UUID] = mapped_column(ForeignKey("competitors.id"), primary_key=True)
    threat: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
