"""Companies."""

from __future__ import annotations

from sqlalchemy import Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.custom import Custom
from chassis.db import Entity, Owned, Searchable
from contacts.base import REFERENCES, Base
from contacts.collaborators.model import COMPANY


class Company(Entity, Owned, Searchable, Custom, Base):
    """A company that is, was or may become a customer.

    `name_key` is its name as it is matched (`companies.rules.company_key`); two companies share one only where the
    later is marked as a `namesake`. `domain` is bare (`acme.com`) and unique.
    """

    __tablename__ = "companies"
    __search__ = ("name", "domain", "phone")
    __shares__ = COMPANY
    __references__ = REFERENCES
    __table_args__ = (
        Index("uq_companies_name_key", "name_key", unique=True, postgresql_where=text("NOT namesake")),
        Index("uq_companies_domain", "domain", unique=True, postgresql_where=text("domain IS NOT NULL")),
    )

    name: Mapped[str]
    name_key: Mapped[str]
    namesake: Mapped[bool] = mapped_column(default=False)
    domain: Mapped[str | None]
    industry: Mapped[str | None]
    employees: Mapped[int | None]
    phone: Mapped[str | None]
    country: Mapped[str | None]
    region: Mapped[str | None]
    city: Mapped[str | None]
    postcode: Mapped[str | None]
    address: Mapped[str | None]
    note: Mapped[str | None]
    source: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
