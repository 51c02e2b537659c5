"""Plans, who has them, what counts, the ledger, statements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Instant, Money, Owned
from sales.base import Base


class CommissionPlan(Entity, Base):
    """How commission is worked out. `basis`: due when a deal is won, ordered or paid. `tiers`: [{"above", "percent"}]
    of what was sold in the `period`; by `mode` marginal each part has the rate of its tier, by cliff all has the rate
    of the highest that was reached. `product_rates`: [{"category_id", "percent"}] instead of the tiers'. What is sold
    above the rep's target counts `accelerator` times. `floor` and `cap` bound what a period brings. Terms never change:
    another plan is assigned instead."""

    __tablename__ = "commission_plans"
    __partner_visible__ = False
    __table_args__ = (
        CheckConstraint("basis IN ('won', 'ordered', 'paid')", name="basis"),
        CheckConstraint("period IN ('month', 'quarter')", name="period"),
        CheckConstraint("mode IN ('marginal', 'cliff')", name="mode"),
    )

    name: Mapped[str] = mapped_column(Text, unique=True)
    basis: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(Text)
    tiers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    product_rates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    accelerator: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    floor: Mapped[Money | None]
    cap: Mapped[Money | None]
    pays_overlay: Mapped[bool]
    active: Mapped[bool]


class CommissionAssignment(Entity, Owned, Base):
    """A rep (the owner) has a plan from a day on, until before another day (None: from then on). One plan at a time."""

    __tablename__ = "commission_assignments"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on > begins_on", name="ends_on"),)

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("commission_plans.id"), index=True)
    begins_on: Mapped[date]
    ends_on: Mapped[date | None]


class CommissionBase(Base):
    """What of a deal counts for a rep: their share, in the base currency, since `counted_at`, for the period that
    begins on `begins_on`. `parts`: what of it has a product rate, {category_id: amount}. It goes when the deal does not
    count any more; the ledger tells of both."""

    __tablename__ = "commission_bases"
    __table_args__ = (Index("ix_commission_bases_rep_id", "rep_id", "plan_id", "begins_on"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    rep_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("commission_plans.id"))
    begins_on: Mapped[date]
    amount: Mapped[Money]
    parts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    counted_at: Mapped[Instant]


class CommissionEntry(Entity, Owned, Base):
    """An entry of the ledger, never changed: what the owner is owed more, or less, by a deal or a correction.
    `earned_for`: the period by which it was worked out; `booked_in`: the one whose statement has it, a later one where
    the first is closed already. `base`: what it stands on."""

    __tablename__ = "commission_entries"
    __table_args__ = (
        CheckConstraint("kind IN ('earned', 'reversed', 'correction', 'adjustment')", name="kind"),
        Index("ix_commission_entries_earned_for", "owner_id", "plan_id", "earned_for"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("commission_plans.id"))
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deals.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    earned_for: Mapped[date]
    booked_in: Mapped[date]
    base: Mapped[Money]
    amount: Mapped[Money]
    reason: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[UUID | None]


class CommissionStatement(Entity, Owned, Base):
    """What the owner earned by a plan in a period: a draft while entries still come, its total settled when it is
    approved, then paid."""

    __tablename__ = "commission_statements"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'approved', 'paid')", name="status"),
        Index("uq_commission_statements_owner_id", "owner_id", "plan_id", "begins_on", unique=True),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("commission_plans.id"))
    begins_on: Mapped[date]
    ends_before: Mapped[date]
    status: Mapped[str] = mapped_column(Text)
    total: Mapped[Money]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(Text)
