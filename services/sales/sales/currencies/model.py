"""Exchange rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from sales.base import Base


class ExchangeRate(Entity, Base):
    """From the day `valid_from` on, one unit of `currency` is `rate` units of the base currency, until a later
    rate."""

    __tablename__ = "exchange_rates"
    __table_args__ = (
        CheckConstraint("rate > 0", name="rate"),
        Index("uq_exchange_rates_currency_valid_from", "currency", "valid_from", unique=True),
    )

    currency: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    rate: Mapped[Decimal] = mapped_column(Numeric(18, 8))
