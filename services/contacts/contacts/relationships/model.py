"""Relationships between people and companies."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from contacts.base import Base

_CURRENT = text("until IS NULL")


class Relationship(Entity, Base):
    """`from` is `kind` `to`: each a person or a company. Without `until` it lasts. `title` and `department` are those
    of work in a company (`works_at`) besides or before the one that stands on the person."""

    __tablename__ = "relationships"
    __table_args__ = (
        # One manager at a time, and nothing twice: of two at once the later is refused.
        Index(
            "uq_relationships_reports_to", "from_person_id",
            unique=True, postgresql_where=text("kind = 'reports_to' AND until IS NULL"),
        ),
        Index(
            "uq_relationships_people", "from_person_id", "to_person_id", "kind", unique=True, postgresql_where=_CURRENT,
        ),
        Index("ix_relationships_from_person_id", "from_person_id"),
        Index("ix_relationships_to_person_id", "to_person_id"),
        Index("ix_relationships_from_company_id", "from_company_id"),
        Index("ix_relationships_to_company_id", "to_company_id"),
    )  # fmt: skip

    kind: Mapped[str]
    from_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    from_company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    to_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    to_company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    title: Mapped[str | None]
    department: Mapped[str | None]
    since: Mapped[date | None]
    until: Mapped[date | None]
    note: Mapped[str | None]
    author_id: Mapped[UUID | None]

    @property
    def from_id(self) -> UUID | None:
        """The person or company that it begins with."""
        return self.from_person_id or self.from_company_id

    @property
    def to_id(self) -> UUID | None:
        """The person or company that it leads to."""
        return self.to_person_id or self.to_company_id
