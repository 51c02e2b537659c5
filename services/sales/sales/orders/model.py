"""Orders and their lines."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Sequence, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Instant, Money, Owned, Searchable
from sales.base import Base

NUMBERS = Sequence("order_numbers", metadata=Base.metadata)


class Order(Entity, Owned, Searchable, Base):
    """What was sold by a deal. `total` is the sum of its lines. A deal has one order, and others that are
    `additional`."""

    __tablename__ = "orders"
    __search__ = ("number", "contact_name", "company_name")
    __table_args__ = (
        CheckConstraint("total >= 0", name="total"),
        Index("uq_orders_deal_id", "deal_id", unique=True, postgresql_where=text("NOT additional")),
        Index("ix_orders_deal_id_created_at", "deal_id", "created_at"),
        Index("ix_orders_placed_at_id", "placed_at", "id"),
    )

    number: Mapped[str] = mapped_column(Text, unique=True)
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"))
    additional: Mapped[bool]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    contact_name: Mapped[str | None] = mapped_column(Text)
    company_name: Mapped[str | None] = mapped_column(Text)
    campaign_id: Mapped[UUID | None]
    total: Mapped[Money]
    currency: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[Instant]
    lines: Mapped[list[OrderLine]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="OrderLine.position"
    )


class OrderLine(Base):
    """`amount` is quantity times unit price, rounded half up to the cent."""

    __tablename__ = "order_lines"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    description: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    unit_price: Mapped[Money]
    amount: Mapped[Money]
