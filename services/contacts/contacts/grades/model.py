"""What a person bought, how that is graded, and what became of grades and stages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Json, Money
from chassis.ids import uuid7
from contacts.base import Base


class Purchase(Base):
    """One order of a person, from `order.placed`. `worth` is in the currency that grades are reckoned in, less what was
    `credited`; one that was `cancelled` is kept, so that news of it that comes late does not bring it back."""

    __tablename__ = "purchases"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    worth: Mapped[Money]
    credited: Mapped[Money] = mapped_column(default=Decimal("0.00"), server_default="0")
    placed_at: Mapped[datetime]
    cancelled: Mapped[bool] = mapped_column(server_default=text("false"), default=False)


class GradingScheme(Base):
    """How grades follow from purchases; each change is a row of its own, the highest `number` holds.

    `thresholds` are those of the scores 2 to 5 (recency in days, from 2 down to 5); by `quintiles` the `cuts` between
    fifths of all who bought hold instead, as they were at `cut_at`. `a` lists what makes an A: any of them is enough.
    """

    __tablename__ = "grading_schemes"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    method: Mapped[str]
    thresholds: Mapped[Json]
    a: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    former_days: Mapped[int | None]
    cuts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    cut_at: Mapped[datetime | None]
    reason: Mapped[str]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]

    @property
    def version(self) -> int:
        """What If-Match names."""
        return self.number


class Grading(Base):
    """What is behind a person's grade: the one that follows from purchases, and one that somebody set instead.

    `due_at`: when time alone changes something: a purchase grows older than a threshold, the override ends.
    """

    __tablename__ = "gradings"
    __table_args__ = (Index("ix_gradings_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    automatic: Mapped[str | None]
    override: Mapped[str | None]
    override_reason: Mapped[str | None]
    override_until: Mapped[datetime | None]
    override_by: Mapped[UUID | None]
    due_at: Mapped[datetime | None]


class GradeChange(Base):
    """A person's grade became another: `cause` is order, lifecycle, override, override_ended, age, scheme or merge."""

    __tablename__ = "grade_changes"
    __table_args__ = (Index("ix_grade_changes_person_id_at", "person_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    from_grade: Mapped[str | None]
    to_grade: Mapped[str | None]
    rfm: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    cause: Mapped[str]
    reason: Mapped[str | None]
    by: Mapped[UUID | None]


class StageChange(Base):
    """A person passed from one stage of the life cycle to another. Written by a trigger, whatever door it came by;
    `cause` is what the transaction said (an event's type, `age`, `merge`), else `edited`."""

    __tablename__ = "stage_changes"
    __table_args__ = (Index("ix_stage_changes_person_id_id", "person_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    from_stage: Mapped[str]
    to_stage: Mapped[str]
    cause: Mapped[str]
    by: Mapped[UUID | None]
