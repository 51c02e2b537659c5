"""Quotes, their lines, and who has to approve them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Sequence, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Money, Owned, Searchable
from chassis.ids import uuid7
from sales.approvals.model import ASKED
from sales.base import Base

NUMBERS = Sequence("quote_numbers", metadata=Base.metadata)


class Quote(Entity, Owned, Searchable, Base):
    """An offer from a deal. `revision` counts the versions that share a `number`; the older are superseded.

    `gross` - `discount` = `net`; `net` + `tax` = `total`. `discount` is that of the lines and of the whole.
    `token_hash`: SHA-256 of the customer's link.
    """

    __tablename__ = "quotes"
    __search__ = ("number", "contact_name", "company_name")
    __shares__ = ASKED
    __table_args__ = (
        CheckConstraint("net >= 0 AND tax >= 0 AND total = net + tax AND net = gross - discount", name="total"),
        CheckConstraint(
            "status IN ('draft', 'pending', 'approved', 'sent', 'accepted', 'declined', 'superseded')", name="status"
        ),
        Index("uq_quotes_number_revision", "number", "revision", unique=True),
        Index("uq_quotes_accepted", "deal_id", unique=True, postgresql_where=text("status = 'accepted'")),
        Index("ix_quotes_deal_id_created_at", "deal_id", "created_at"),
    )

    number: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"))
    status: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    contact_name: Mapped[str | None] = mapped_column(Text)
    company_name: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    valid_until: Mapped[date]
    terms: Mapped[str | None] = mapped_column(Text)
    discount_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    gross: Mapped[Money]
    discount: Mapped[Money]
    net: Mapped[Money]
    tax: Mapped[Money]
    total: Mapped[Money]
    base_total: Mapped[Money | None]
    submitted_by: Mapped[UUID | None]
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    sent_at: Mapped[datetime | None]
    viewed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Text)
    decline_reason: Mapped[str | None] = mapped_column(Text)
    lines: Mapped[list[QuoteLine]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="QuoteLine.position"
    )
    approvals: Mapped[list[Approval]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Approval.round, Approval.step"
    )


class QuoteLine(Base):
    """`gross` is quantity times unit price; `discount` is its own and its share of the whole quote's; `tax` is on
    what is left. `list_price` is what the price book `book_id` said."""

    __tablename__ = "quote_lines"

    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quotes.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("products.id"), index=True)
    description: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    unit_price: Mapped[Money]
    list_price: Mapped[Money | None]
    book_id: Mapped[UUID | None]
    discount_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    gross: Mapped[Money]
    discount: Mapped[Money]
    tax: Mapped[Money]
    total: Mapped[Money]


class Approval(Base):
    """A step of an approval: `approver_id`, or where nobody is named somebody with `role`, has to say yes; or the
    `delegate_id`. Each submission is a `round`. `passed`: [{from_id, to_id, why, at}], to whom it went on because
    somebody could not decide any more (to_id None: to any administrator)."""

    __tablename__ = "quote_approvals"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'approved', 'rejected', 'recalled')", name="status"),
        Index("uq_quote_approvals_quote_id_round_step", "quote_id", "round", "step", unique=True),
        Index("ix_quote_approvals_waiting", "role", postgresql_where=text("status = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quotes.id", ondelete="CASCADE"))
    round: Mapped[int]
    step: Mapped[int]
    role: Mapped[str] = mapped_column(Text)
    approver_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    delegate_id: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    comment: Mapped[str | None] = mapped_column(Text)
    passed: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")


class ApprovalRule(Entity, Base):
    """Quotes discounted by more than `over_percent`, or of more than `over_amount` (base currency), need a yes; asked
    in the order of `step`. It is that of whoever is `manager_level` levels above the quote's owner, else of somebody
    with `role`. The limit is for sellers with `seller_role`, for lines of a product or of a price book, and of each
    line instead of all together (`per_line`), where it says so."""

    __tablename__ = "approval_rules"
    __partner_visible__ = False
    __table_args__ = (CheckConstraint("over_percent IS NOT NULL OR over_amount IS NOT NULL", name="over"),)

    step: Mapped[int]
    role: Mapped[str] = mapped_column(Text)
    manager_level: Mapped[int | None]
    seller_role: Mapped[str | None] = mapped_column(Text)
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("products.id"))
    book_id: Mapped[UUID | None] = mapped_column(ForeignKey("price_books.id"))
    per_line: Mapped[bool] = mapped_column(default=False, server_default="false")
    over_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    over_amount: Mapped[Money | None]
