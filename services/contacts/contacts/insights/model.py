"""Soft information about people and companies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from contacts.base import Base


class Insight(Entity, Base):
    """One thing that a colleague knows. Nothing is overwritten: of a single kind the latest that was not retracted
    holds (`rules.SINGLE`), so that a merge and its undo only move rows. Never for partners."""

    __tablename__ = "insights"
    __partner_visible__ = False
    __table_args__ = (
        Index("ix_insights_person_id", "person_id", "kind", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_insights_company_id", "company_id", "kind", postgresql_where=text("company_id IS NOT NULL")),
        Index("ix_insights_kind_choice", "kind", "choice", postgresql_where=text("retracted_at IS NULL")),
    )

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    kind: Mapped[str]
    choice: Mapped[str | None]
    days: Mapped[int | None]
    text: Mapped[str | None]
    author_id: Mapped[UUID | None]
    retracted_at: Mapped[datetime | None]
    retracted_by: Mapped[UUID | None]
