"""Expense reports, their lines and approvals, and the policy they are held to."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Sequence, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Money, Owned, Searchable
from chassis.ids import uuid7
from sales.approvals.model import ASKED
from sales.base import Base

NUMBERS = Sequence("expense_numbers", metadata=Base.metadata)


class ExpenseCategory(Entity, Base):
    """What money is spent on. In the base currency: a line comes to `max_amount` at most, and one over `receipt_over`
    needs a receipt; None: no such bound."""

    __tablename__ = "expense_categories"
    __partner_visible__ = False

    name: Mapped[str] = mapped_column(Text, unique=True)
    max_amount: Mapped[Money | None]
    receipt_over: Mapped[Money | None]
    active: Mapped[bool] = mapped_column(default=True)


class ExpenseRule(Entity, Base):
    """Reports of more than `over_amount` (base currency) need a yes of somebody with `role` after the manager's; asked
    in the order of `step`."""

    __tablename__ = "expense_rules"
    __partner_visible__ = False

    step: Mapped[int] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(Text)
    over_amount: Mapped[Money]


class ExpenseAllowance(Entity, Base):
    """What is paid without a receipt from a day on: for a day in a country (`per_diem`), or a kilometre by a vehicle
    (`mileage`); `code` says which."""

    __tablename__ = "expense_allowances"
    __partner_visible__ = False
    __table_args__ = (
        CheckConstraint("kind IN ('per_diem', 'mileage')", name="kind"),
        CheckConstraint("rate > 0", name="rate"),
        Index("uq_expense_allowances_kind_code_valid_from", "kind", "code", "valid_from", unique=True),
    )

    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    rate: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    currency: Mapped[str] = mapped_column(Text)


class ExpenseReport(Entity, Owned, Searchable, Base):
    """What its owner spent. `total` is the sum of the lines in the base currency, `currency`."""

    __tablename__ = "expense_reports"
    __search__ = ("number", "title")
    __shares__ = ASKED
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'pending', 'approved', 'rejected', 'reimbursed')", name="status"),
        CheckConstraint("total >= 0", name="total"),
    )

    number: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    total: Mapped[Money]
    submitted_at: Mapped[datetime | None]
    reimbursed_at: Mapped[datetime | None]
    reimbursed_by: Mapped[UUID | None]
    payment_reference: Mapped[str | None] = mapped_column(Text)
    lines: Mapped[list[ExpenseLine]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ExpenseLine.position"
    )
    approvals: Mapped[list[ExpenseApproval]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ExpenseApproval.round, ExpenseApproval.step"
    )


class ExpenseReceipt(Entity, Owned, Base):
    """A receipt of its owner; its content lies in the storage under `sha256`."""

    __tablename__ = "expense_receipts"
    __table_args__ = (
        Index("uq_expense_receipts_owner_id_sha256", "owner_id", "sha256", unique=True),
        Index("ix_expense_receipts_sha256", "sha256"),
    )

    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text)


class ExpenseLine(Base):
    """One expense. `amount` includes `tax`; `base_amount` is it by the rate of the day it was spent on. `receipt`
    is what somebody calls the receipt by: the number of an invoice. `quantity` days or kilometres at `unit_rate` made
    the amount, where it is an allowance."""

    __tablename__ = "expense_lines"
    __table_args__ = (
        CheckConstraint("amount > 0 AND tax BETWEEN 0 AND amount", name="amount"),
        Index("ix_expense_lines_spent_on", "spent_on"),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("expense_reports.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    spent_on: Mapped[date]
    category_id: Mapped[UUID] = mapped_column(ForeignKey("expense_categories.id"), index=True)
    description: Mapped[str] = mapped_column(Text)
    amount: Mapped[Money]
    tax: Mapped[Money]
    currency: Mapped[str] = mapped_column(Text)
    base_rate: Mapped[Decimal] = mapped_column(Numeric(18, 8))
    base_amount: Mapped[Money]
    receipt: Mapped[str | None] = mapped_column(Text)
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("expense_receipts.id"), index=True)
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deals.id"), index=True)
    campaign_id: Mapped[UUID | None] = mapped_column(index=True)
    allowance_kind: Mapped[str | None] = mapped_column(Text)
    allowance_code: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    unit_rate: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))

    @property
    def allowance(self) -> dict[str, Any] | None:
        """By which allowance the amount was made."""
        if self.allowance_kind is None:
            return None
        named = {"kind": self.allowance_kind, "code": self.allowance_code}
        return named | {"quantity": self.quantity, "rate": self.unit_rate}


class ExpenseApproval(Base):
    """A step of an approval: whoever answers for a team (`role` None), or somebody with `role`, has to say yes. Each
    submission is a `round`; whoever takes an approval back is its last step, `withdrawn`."""

    __tablename__ = "expense_approvals"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'approved', 'rejected', 'recalled', 'withdrawn')", name="status"),
        Index("uq_expense_approvals_report_id_round_step", "report_id", "round", "step", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("expense_reports.id", ondelete="CASCADE"))
    round: Mapped[int]
    step: Mapped[int]
    role: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    comment: Mapped[str | None] = mapped_column(Text)
