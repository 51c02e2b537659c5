"""Orders and their lines."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Sequence, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Instant, Money, Owned, Searchable
from sales.base import Base
from sales.orders.rules import UPDATES, credit_status

NUMBERS = Sequence("order_numbers", metadata=Base.metadata)
NOTHING, NONE = Decimal("0.00"), Decimal("0.000")


class Order(Entity, Owned, Searchable, Base):
    """What was sold by a deal. `total` is the sum of its lines, `tax` of it is tax. A deal has one order, and others
    that are `additional`. What a customer accepted (`quote_id`) is ordered once. `credited` of the total is owed no
    more. `tracking_hash`: SHA-256 of the token in the customer's link."""

    __tablename__ = "orders"
    __search__ = ("number", "contact_name", "company_name")
    __table_args__ = (
        CheckConstraint("total >= 0", name="total"),
        CheckConstraint("status IN ('placed', 'part_shipped', 'shipped', 'delivered', 'cancelled')", name="status"),
        Index("uq_orders_deal_id", "deal_id", unique=True, postgresql_where=text("NOT additional")),
        Index("uq_orders_quote_id", "quote_id", unique=True, postgresql_where=text("status <> 'cancelled'")),
        CheckConstraint("credited BETWEEN 0 AND total", name="credited"),
        Index("ix_orders_deal_id_created_at", "deal_id", "created_at"),
        Index("ix_orders_placed_at_id", "placed_at", "id"),
        Index("ix_orders_credited", "created_at", "id", postgresql_where=text("credited > 0")),
    )

    number: Mapped[str] = mapped_column(Text, unique=True)
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"))
    quote_id: Mapped[UUID | None] = mapped_column(ForeignKey("quotes.id"))
    additional: Mapped[bool]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    contact_name: Mapped[str | None] = mapped_column(Text)
    company_name: Mapped[str | None] = mapped_column(Text)
    campaign_id: Mapped[UUID | None]
    total: Mapped[Money]
    tax: Mapped[Money] = mapped_column(default=NOTHING, server_default="0")
    credited: Mapped[Money] = mapped_column(default=NOTHING, server_default="0")
    currency: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[Instant]
    tracking_hash: Mapped[bytes | None] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(Text, default="placed", server_default="placed")
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    lines: Mapped[list[OrderLine]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="OrderLine.position"
    )

    @property
    def credit_status(self) -> str:
        """none, part or full: see `rules.credit_status`."""
        return credit_status(self.total, self.credited)


class OrderLine(Base):
    """`amount` is quantity times unit price, in whole units of the currency, less `discount`, with `tax`. Of the
    quantity `shipped` left, of that `returned` came back; `cancelled` never leaves."""

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint("shipped + cancelled <= quantity AND returned <= shipped", name="shipped"),
        CheckConstraint("cancelled >= 0 AND returned >= 0", name="credited"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("products.id"))
    description: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    unit_price: Mapped[Money]
    discount: Mapped[Money] = mapped_column(default=NOTHING, server_default="0")
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=NOTHING, server_default="0")
    tax: Mapped[Money] = mapped_column(default=NOTHING, server_default="0")
    amount: Mapped[Money]
    shipped: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=NONE, server_default="0")
    cancelled: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=NONE, server_default="0")
    returned: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=NONE, server_default="0")


class Shipment(Entity, Base):
    """A delivery of a part of an order, or of all of it. `lines`: position -> quantity. `reference` is the sender's
    own (a waybill number), once per order. `updates`: what the carrier says, by time."""

    __tablename__ = "shipments"
    __table_args__ = (Index("uq_shipments_order_id_reference", "order_id", "reference", unique=True),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    reference: Mapped[str] = mapped_column(Text)
    lines: Mapped[dict[str, Any]] = mapped_column(JSONB)
    shipped_at: Mapped[Instant]
    delivered_at: Mapped[datetime | None]
    carrier: Mapped[str | None] = mapped_column(Text)
    expected_on: Mapped[date | None]
    updates: Mapped[list[ShipmentUpdate]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ShipmentUpdate.at, ShipmentUpdate.status"
    )

    @property
    def status(self) -> str:
        """delivered, or what the carrier said last; sent where it said nothing."""
        if self.delivered_at is not None:
            return "delivered"
        return max(self.updates, key=lambda one: one.at).status if self.updates else "sent"


class ShipmentUpdate(Base):
    """What the carrier says of a shipment. The customer reads the `note`."""

    __tablename__ = "shipment_updates"
    __table_args__ = (CheckConstraint(f"status IN {UPDATES}", name="status"),)

    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[Instant] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(Text, primary_key=True)
    note: Mapped[str | None] = mapped_column(Text)


class Instalment(Entity, Base):
    """A part of an order's total that is due on a day. `paid` of `amount` came in, `released` is owed no more."""

    __tablename__ = "instalments"
    __table_args__ = (
        CheckConstraint("amount > 0 AND paid >= 0 AND released >= 0 AND paid + released <= amount", name="paid"),
        Index("uq_instalments_order_id_position", "order_id", "position", unique=True),
        Index("ix_instalments_due_on", "due_on", postgresql_where=text("paid < amount AND NOT overdue_told")),
        Index("ix_instalments_untold", "due_on", postgresql_where=text("NOT due_told")),
        Index("ix_instalments_open", "due_on", "id", postgresql_where=text("paid + released < amount")),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int]
    due_on: Mapped[date]
    amount: Mapped[Money]
    paid: Mapped[Money]
    released: Mapped[Money] = mapped_column(default=NOTHING, server_default="0")
    due_told: Mapped[bool] = mapped_column(default=False, server_default="false")
    overdue_told: Mapped[bool]

    @property
    def open(self) -> Decimal:
        """What is still to be paid of it."""
        return self.amount - self.paid - self.released


class Payment(Base):
    """Money that came in for an order; `surplus` of it is more than was open. `reference` is the bank's own, once per
    order."""

    __tablename__ = "payments"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    amount: Mapped[Money]
    surplus: Mapped[Money] = mapped_column(default=NOTHING, server_default="0")
    paid_at: Mapped[Instant]
