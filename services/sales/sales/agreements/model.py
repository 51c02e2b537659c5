"""Agreements and their signatures. (The folder contracts/ holds those of events.)"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Instant, Money, Owned, Searchable
from sales.agreements import rules
from sales.base import Base
from sales.told import text

NUMBERS = Sequence("agreement_numbers", metadata=Base.metadata)


class Agreement(Entity, Owned, Searchable, Base):
    """What was agreed with a customer, from `starts_on` to `ends_on` (None: until ended). It is signed once both
    sides have. `remind_days` before the end its owner is reminded, once per end date (`reminded_for`)."""

    __tablename__ = "agreements"
    __search__ = ("number", "title", "company_name")
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'signed', 'ended')", name="status"),
        CheckConstraint("ends_on >= starts_on", name="ends_on"),
        Index("uq_agreements_quote_id", "quote_id", unique=True),
        Index("ix_agreements_ends_on", "ends_on", postgresql_where=sql("status = 'signed'")),
    )

    number: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"), index=True)
    quote_id: Mapped[UUID | None] = mapped_column(ForeignKey("quotes.id"))
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    company_name: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    terms: Mapped[str] = mapped_column(Text)
    amount: Mapped[Money]
    currency: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    remind_days: Mapped[int]
    reminded_for: Mapped[date | None]
    signed_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)
    signatures: Mapped[list[Signature]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Signature.side"
    )

    @property
    def document_hash(self) -> str:
        """The fingerprint of what it says: number, title, terms, amount, currency and the days of its term."""
        names = ("number", "title", "terms", "amount", "currency", "starts_on", "ends_on")
        return rules.document_hash({name: text(getattr(self, name)) for name in names})


class Signature(Base):
    """Who signed for a side, when and how. `terms_hash`: SHA-256 of the terms that were signed, `document_hash` of all
    that the agreement said."""

    __tablename__ = "agreement_signatures"
    __table_args__ = (CheckConstraint("side IN ('customer', 'us')", name="side"),)

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreements.id", ondelete="CASCADE"), primary_key=True)
    side: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[Instant]
    recorded_by: Mapped[UUID | None]
    terms_hash: Mapped[str] = mapped_column(Text)
    document_hash: Mapped[str | None] = mapped_column(Text)
