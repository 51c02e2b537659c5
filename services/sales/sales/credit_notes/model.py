"""Credit notes, their lines, and money that was paid back."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Instant, Money, Owned
from sales.base import Base


class NumberRun(Base):
    """The last number of a series in a year. It is raised in the transaction that uses it, so that there are no gaps:
    law asks for that with what is booked."""

    __tablename__ = "number_runs"

    series: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CreditNote(Entity, Owned, Base):
    """What is owed no more of an order: `total` = `net` + `tax`, the sums of its lines. `settled` of it was still to be
    paid, `refundable` is to be paid back. `reference` is the sender's own, once per order."""

    __tablename__ = "credit_notes"
    __table_args__ = (
        CheckConstraint("net >= 0 AND tax >= 0 AND total = net + tax", name="total"),
        CheckConstraint("settled >= 0 AND refundable >= 0 AND total = settled + refundable", name="settled"),
        Index("uq_credit_notes_order_id_reference", "order_id", "reference", unique=True),
    )

    number: Mapped[str] = mapped_column(Text, unique=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    reference: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    net: Mapped[Money]
    tax: Mapped[Money]
    total: Mapped[Money]
    settled: Mapped[Money]
    refundable: Mapped[Money]
    issued_at: Mapped[Instant]
    lines: Mapped[list[CreditLine]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="CreditLine.position"
    )


class CreditLine(Base):
    """So many of the order's line at `position`: `cancelled` that never left, `returned` that came back; of neither
    where an amount was credited by itself."""

    __tablename__ = "credit_note_lines"

    credit_note_id: Mapped[UUID] = mapped_column(ForeignKey("credit_notes.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    description: Mapped[str] = mapped_column(Text)
    cancelled: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    returned: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    net: Mapped[Money]
    tax: Mapped[Money]
    total: Mapped[Money]


class Refund(Base):
    """Money that was paid back for an order. `reference` is the bank's own, once per order."""

    __tablename__ = "refunds"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    amount: Mapped[Money]
    refunded_at: Mapped[Instant]
