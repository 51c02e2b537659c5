"""The reasons that may be chosen."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from sales.base import Base

STEPS = ("lost", "shelved")


class LeadReason(Entity, Base):
    """A reason for a step. One that is not `active` stays where it was given, and is chosen no more.
    `recycle_after_days`: a lead that goes for this reason comes back into the queue after so many days."""

    __tablename__ = "lead_reasons"
    __table_args__ = (
        UniqueConstraint("step", "label"),
        CheckConstraint(f"step IN {STEPS}", name="step"),
        CheckConstraint("recycle_after_days > 0", name="recycle_after_days"),
    )

    step: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    recycle_after_days: Mapped[int | None]
