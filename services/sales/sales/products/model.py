"""Products, what they cost, what they are made of, and what goes with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Money, Searchable
from sales.base import Base

Quantity = Numeric(14, 3)


class Category(Entity, Base):
    """A branch of the catalogue's tree."""

    __tablename__ = "product_categories"
    __table_args__ = (
        Index(
            "uq_product_categories_parent_id_name", "parent_id", "name", unique=True, postgresql_nulls_not_distinct=True
        ),
    )

    name: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_categories.id"))


class Product(Entity, Searchable, Base):
    """What can be sold, in `unit`. A variant (`variant_of`) is a product of its own, told from its siblings by
    `options` such as {"colour": "red"}. `packs` are units it also comes in: {"box": "12"} of `unit`. `tax_percent`
    is the usual rate. A bundle has `parts`."""

    __tablename__ = "products"
    __search__ = ("code", "name")
    __table_args__ = (
        CheckConstraint("tax_percent BETWEEN 0 AND 100", name="tax_percent"),
        Index("uq_products_variant_of_options", "variant_of", "options", unique=True),
        Index("ix_products_name_id", "name", "id"),
    )

    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_categories.id"), index=True)
    unit: Mapped[str] = mapped_column(Text)
    packs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    variant_of: Mapped[UUID | None] = mapped_column(ForeignKey("products.id"))
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    active: Mapped[bool]
    lead_days: Mapped[int]
    parts: Mapped[list[Part]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", foreign_keys="Part.bundle_id", order_by="Part.product_id"
    )


class Part(Base):
    """So many of a product are in one bundle."""

    __tablename__ = "bundle_parts"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    bundle_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True, index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity)


class ProductRule(Entity, Base):
    """Whoever takes `product_id` must take `other_id` too (`requires`), or must not (`excludes`)."""

    __tablename__ = "product_rules"
    __table_args__ = (
        CheckConstraint("kind IN ('requires', 'excludes')", name="kind"),
        CheckConstraint("product_id <> other_id", name="other"),
        Index("uq_product_rules_product_id_other_id", "product_id", "other_id", unique=True),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)


class PriceBook(Entity, Base):
    """Prices in one currency for a segment of customers (None: all), from day to day (both included)."""

    __tablename__ = "price_books"
    __table_args__ = (
        CheckConstraint("valid_to >= valid_from", name="valid_to"),
        Index("ix_price_books_currency_segment", "currency", "segment"),
    )

    name: Mapped[str] = mapped_column(Text, unique=True)
    currency: Mapped[str] = mapped_column(Text)
    segment: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    entries: Mapped[list[Price]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Price.product_id, Price.min_quantity"
    )


class Price(Base):
    """What one unit costs from a quantity on."""

    __tablename__ = "prices"
    __table_args__ = (
        CheckConstraint("unit_price >= 0", name="unit_price"),
        CheckConstraint("min_quantity >= 0", name="min_quantity"),
    )

    book_id: Mapped[UUID] = mapped_column(ForeignKey("price_books.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True, index=True)
    min_quantity: Mapped[Decimal] = mapped_column(Quantity, primary_key=True)
    unit_price: Mapped[Money]


class StockLevel(Base):
    """What is on hand, where the platform itself keeps the stock."""

    __tablename__ = "stock_levels"
    __table_args__ = (CheckConstraint("on_hand >= 0", name="on_hand"),)

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    on_hand: Mapped[Decimal] = mapped_column(Quantity)
