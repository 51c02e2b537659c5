"""Targets."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Money, Owned
from sales.base import Base


class Target(Entity, Owned, Base):
    """What is to be won in a month or quarter (`begins_on`): `value` of the base currency, or so many deals
    (`measure`). `subject_id` is whose it is: the rep or the team (None: the company's). A target may be for one
    product category (with those under it) or one pipeline."""

    __tablename__ = "targets"
    __table_args__ = (
        CheckConstraint("scope IN ('rep', 'team', 'company')", name="scope"),
        CheckConstraint("period IN ('month', 'quarter')", name="period"),
        CheckConstraint("measure IN ('amount', 'count')", name="measure"),
        CheckConstraint("value > 0", name="value"),
        CheckConstraint("(subject_id IS NULL) = (scope = 'company')", name="subject_id"),
        Index(
            "uq_targets_begins_on", "begins_on", "period", "measure", "subject_id", "category_id", "pipeline_id",
            unique=True, postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    period: Mapped[str] = mapped_column(Text)
    begins_on: Mapped[date]
    measure: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID | None]
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_categories.id"), index=True)
    pipeline_id: Mapped[UUID | None] = mapped_column(ForeignKey("pipelines.id", ondelete="CASCADE"), index=True)
    value: Mapped[Money]
    set_by: Mapped[UUID | None]
