"""A customer's right to service."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Owned, Searchable
from service_desk.base import Base


class Entitlement(Entity, Owned, Searchable, Base):
    """Service for a person or company from `starts_on` up to and including `ends_on`; one per deal."""

    __tablename__ = "entitlements"
    __search__ = ("name", "product", "holder_name")

    name: Mapped[str]
    product: Mapped[str | None]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    deal_id: Mapped[UUID | None] = mapped_column(unique=True)
    holder_name: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
