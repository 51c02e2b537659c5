"""Companies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, synonym

from chassis.custom import Custom
from chassis.db import Entity, Owned, Searchable
from contacts.base import ALIASES, REFERENCES, Base
from contacts.collaborators.model import COMPANY


class Company(Entity, Owned, Searchable, Custom, Base):
    """A company that is, was or may become a customer.

    `name_key` is its name as it is matched (`companies.rules.company_key`); two companies share one only where the
    later is marked as a `namesake`. `domain` is bare (`acme.com`) and unique.
    `phones` and `emails` are ways to reach it (`{value, typed, label}`), by which no company is told from another;
    `phone` and `email` are the first of them. `parent_id` is the company that it belongs to.
    """

    __tablename__ = "companies"
    __search__ = ("name", "domain", "phones", "emails")
    __shares__ = COMPANY
    __references__ = REFERENCES
    __aliases__ = ALIASES
    __table_args__ = (
        Index("ix_companies_updated_at_id", "updated_at", "id"),
        Index("uq_companies_name_key", "name_key", unique=True, postgresql_where=text("NOT namesake")),
        Index("uq_companies_domain", "domain", unique=True, postgresql_where=text("domain IS NOT NULL")),
        Index("ix_companies_parent_id", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        *(
            Index(f"ix_companies_{column}", column, postgresql_where=text(f"{column} IS NOT NULL"))
            for column in ("owner_id", "team_id", "partner_id")
        ),
        Index("ix_companies_roles", "roles", postgresql_using="gin", postgresql_where=text("roles <> '{}'")),
    )

    # Most companies of a large base are nobody's yet: the indexes (above) are of those that are somebody's.
    owner_id: Mapped[UUID | None] = mapped_column(sort_order=80)
    team_id: Mapped[UUID | None] = mapped_column(sort_order=81)
    partner_id: Mapped[UUID | None] = mapped_column(sort_order=82)
    name: Mapped[str]
    name_key: Mapped[str]
    namesake: Mapped[bool] = mapped_column(default=False)
    domain: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    role = synonym("roles")  # one of them, as a filter
    industry: Mapped[str | None]
    employees: Mapped[int | None]
    phone: Mapped[str | None]
    phones: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    email: Mapped[str | None]
    emails: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    country: Mapped[str | None]
    region: Mapped[str | None]
    city: Mapped[str | None]
    postcode: Mapped[str | None]
    address: Mapped[str | None]
    address_kind: Mapped[str | None]
    note: Mapped[str | None]
    source: Mapped[str]
    campaign_id: Mapped[UUID | None]
    utm: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    entered_by: Mapped[UUID | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)

    def search_terms(self) -> Iterable[str | None]:
        """Found by name, domain, and every phone and e-mail."""
        return self.name, self.domain, *(point["value"] for point in [*(self.phones or ()), *(self.emails or ())])
